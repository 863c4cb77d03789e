import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withLock } from "./lock.mjs";
import { run } from "./run.mjs";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "purser-processes-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("of several processes one at a time holds the lock", async () => {
	const notes = join(folder, "notes");
	const holder = `
		import { appendFileSync } from "node:fs";
		import { setTimeout as sleep } from "node:timers/promises";
		import { withLock } from ${JSON.stringify(new URL("./lock.mjs", import.meta.url).href)};
		await withLock(${JSON.stringify(join(folder, "lock"))}, async () => {
			appendFileSync(${JSON.stringify(notes)}, "in ");
			await sleep(100);
			appendFileSync(${JSON.stringify(notes)}, "out ");
		});`;
	const args = ["--input-type=module", "-e", holder];
	const outcomes = await Promise.all([1, 2, 3].map(() => run(process.execPath, args, { quiet: true })));
	expect(outcomes.map(({ code, output }) => [code, output.replaceAll(/purser: .* waiting for it\n/g, "")])).toEqual([
		[0, ""],
		[0, ""],
		[0, ""],
	]);
	expect(readFileSync(notes, "utf8")).toBe("in out in out in out ");
});

test("the lock of a process that is gone is taken over, and freed when the work fails", async () => {
	const path = join(folder, "lock");
	const gone = spawn(process.execPath, ["-e", ""]);
	await once(gone, "exit");
	mkdirSync(path);
	writeFileSync(join(path, "owner"), `${gone.pid} ${hostname()} 0`);
	await expect(
		withLock(path, async () => {
			throw new Error("no");
		}),
	).rejects.toThrow("no");
	expect(await withLock(path, async () => "done")).toBe("done");
});

test("a program is ended at the limit together with the programs that it started", async () => {
	const beats = join(folder, "beats");
	const child = `setInterval(() => require("node:fs").appendFileSync(${JSON.stringify(beats)}, "."), 20)`;
	const parent = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}], { stdio: "inherit" }); setInterval(() => {}, 1e6)`;
	appendFileSync(beats, "");
	const { code } = await run(process.execPath, ["-e", parent], { quiet: true, group: true, limit: AbortSignal.timeout(1000) });
	expect(code).not.toBe(0);
	const after = readFileSync(beats, "utf8");
	expect(after).toMatch(/\.+/);
	await sleep(200);
	expect(readFileSync(beats, "utf8")).toBe(after);
});

test("a program that does not exist fails", async () => {
	expect(await run(join(folder, "nothing"), [], { quiet: true })).toMatchObject({ code: 127 });
});
