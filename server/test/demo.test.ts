import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { until } from "./purser.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "purser-demo-test-"));
const data = join(folder, "purser-demo");
/** An equal request is otherwise a duplicate for an hour, which is too long for a test. */
const environment = { PATH: process.env["PATH"], XDG_DATA_HOME: folder, PURSER_DEDUP_WINDOW_SECONDS: "0" };
const free = ["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", "--web", "127.0.0.1:0"];
const started: ChildProcess[] = [];
afterAll(async () => {
	for (const child of started) if (child.exitCode === null) child.kill("SIGKILL");
	rmSync(folder, { recursive: true, force: true });
});

/** Runs `purser …` as a user does, with its output. */
function purser(...args: readonly string[]) {
	const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"], env: environment });
	started.push(child);
	const heard = { out: "", err: "" };
	child.stdout.on("data", (chunk: Buffer) => {
		heard.out += chunk;
	});
	child.stderr.on("data", (chunk: Buffer) => {
		heard.err += chunk;
	});
	// Not when it ends, but when all that it said was heard.
	const ended = once(child, "close").then(([code]) => code as number | null);
	return { child, heard, ended };
}
const page = (text: string): string => /http:\/\/127\.0\.0\.1:\d+/.exec(text)![0];

test("a demonstration is emitted, marked as one everywhere, continues when it is started again, and is removed", async () => {
	const first = purser("demo", "--days", "3", ...free);
	await until(() => /3 days of \d+ people/.test(first.heard.err), "emitted", 60_000);
	const web = page(first.heard.err);
	const response = await fetch(`${web}/api/v1/status`);
	expect(response.headers.get("purser-demo")).toBe("1");
	expect(await response.json()).toMatchObject({ demo: true });
	const backlog = async () => {
		const status = await (await fetch(`${web}/api/v1/status`)).json();
		return (status as { journal: { backlog_records: number } }).journal.backlog_records;
	};
	await until(async () => (await backlog()) === 0, "stored");
	const usage = purser("usage", "cost_usd", "sessions", "--by", "team", "--server", web);
	expect(await usage.ended).toBe(0);
	expect(usage.heard.err).toContain("all of this is invented");
	expect(usage.heard.out).toContain("platform");

	// In use: it cannot be removed while it runs.
	const early = purser("demo", "--remove");
	expect([await early.ended, early.heard.err]).toEqual([2, expect.stringContaining("another Purser is using it")]);
	first.child.kill("SIGTERM");
	expect(await first.ended).toBe(0);

	const other = purser("demo", "--seed", "2", ...free);
	expect([await other.ended, other.heard.err]).toEqual([2, expect.stringContaining("--seed 1 --days 3")]);

	const again = purser("demo", "--days", "3", ...free);
	await until(() => again.heard.err.includes("From now on"), "live", 60_000);
	expect(again.heard.err).not.toContain("days of");
	// The records of the first run are still there once the store has opened.
	const storedEvents = async () => {
		const status = await (await fetch(`${page(again.heard.err)}/api/v1/status`)).json();
		return (status as { stored: { events: number | null } }).stored.events;
	};
	await until(async () => (await storedEvents()) !== null, "the store has answered");
	expect(await storedEvents()).toBeGreaterThan(500);
	again.child.kill("SIGTERM");
	expect(await again.ended).toBe(0);

	const removed = purser("demo", "--remove");
	expect([await removed.ended, existsSync(data)]).toEqual([0, false]);
	const none = purser("demo", "--remove");
	expect([await none.ended, none.heard.err]).toEqual([0, "There is no demonstration.\n"]);
}, 180_000);

test("a history that was broken off is emitted again, and none of its records are stored twice", async () => {
	const args = ["demo", "--days", "30", "--data", join(folder, "broken"), ...free];
	const events = async (web: string) => {
		const status = (await (await fetch(`${web}/api/v1/status`)).json()) as { stored: { events: number } };
		return status.stored.events;
	};
	const broken = purser(...args);
	await until(() => /http:/.test(broken.heard.err), "ready", 60_000);
	await until(async () => (await events(page(broken.heard.err))) > 300, "begun", 60_000);
	broken.child.kill("SIGKILL");
	await broken.ended;
	const again = purser(...args);
	await until(() => again.heard.err.includes("From now on"), "emitted", 60_000);
	const emitted = Number(/(\d+) events/.exec(again.heard.err)![1]);
	const web = page(again.heard.err);
	const period = `from=-40d&to=${new Date(Date.now() - 120_000).toISOString()}`;
	await until(async () => (await events(web)) >= emitted, "stored", 60_000);
	const counted = (await (await fetch(`${web}/api/v1/usage?measure=events&${period}`)).json()) as { rows: { events: number }[] };
	expect(counted.rows[0]!.events).toBeLessThanOrEqual(emitted);
	expect(counted.rows[0]!.events).toBeGreaterThan(emitted * 0.9);
	again.child.kill("SIGTERM");
	expect(await again.ended).toBe(0);
}, 180_000);

test("it never touches another's data", async () => {
	const real = join(folder, "real");
	mkdirSync(real);
	writeFileSync(join(real, "id"), "something\n");
	const into = purser("demo", "--data", real, ...free);
	expect([await into.ended, into.heard.err]).toEqual([2, expect.stringContaining("there is something else")]);
	const remove = purser("demo", "--remove", "--data", real);
	expect([await remove.ended, remove.heard.err]).toEqual([2, expect.stringContaining("no demonstration made it")]);
	expect(readFileSync(join(real, "id"), "utf8")).toBe("something\n");
});
