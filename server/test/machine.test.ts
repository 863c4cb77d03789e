import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hashKey } from "../src/access/key-ring.ts";
import { readConfig } from "../src/config.ts";
import { openDataDirectory } from "../src/data-directory.ts";
import { openPurser } from "../src/main.ts";
import { noLog } from "./log.ts";
import { runCommand } from "./process.ts";
import { startPurser, until } from "./purser.ts";
import { post } from "./send.ts";

/** Effects of other users of the same machine, and of mistakes in its configuration. */

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), "purser-machine-"));
});
afterEach(() => {
	chmodSync(directory, 0o700);
	rmSync(directory, { recursive: true, force: true });
});

describe("the data directory", () => {
	test("has its sockets in a directory of its own that no other user can read, whatever the umask and the directory are", async () => {
		chmodSync(directory, 0o777);
		const server = await startPurser({ data: directory });
		try {
			const run = join(directory, "run");
			expect(statSync(run).mode & 0o777).toBe(0o700);
			expect(readdirSync(run).sort()).toEqual(["engine.sock", "lock"]);
			expect(
				readdirSync(tmpdir()).filter(
					(name) => /^purser-.*\.(sock|lock)$/.test(name) && statSync(join(tmpdir(), name)).mtimeMs > Date.now() - 5000,
				),
			).toEqual([]);
		} finally {
			await server.stop(true);
		}
	});

	test("may have a path that is too long for a socket", async () => {
		const data = join(directory, "d".repeat(120), "e".repeat(60));
		const server = await startPurser({ data });
		expect((await server.get("/api/v1/usage?measure=events")).rows).toEqual([{ events: 0 }]);
		expect(existsSync(join(data, "run", "engine.sock"))).toBe(true);
		await server.stop(true);
	});

	test("is one process's of twenty that want it at once, also after one that was killed", async () => {
		const script = join(directory, "take.mjs");
		const module = fileURLToPath(new URL("../src/data-directory.ts", import.meta.url));
		writeFileSync(
			script,
			`import { openDataDirectory } from ${JSON.stringify(module)};
			try { await openDataDirectory(process.argv[2]); console.log("taken"); setInterval(() => {}, 1000); }
			catch (error) { console.log(error.message); }`,
		);
		const data = join(directory, "data");
		for (let round = 0; round < 3; round++) {
			const children = Array.from({ length: 20 }, () =>
				spawn(process.execPath, [script, data], { stdio: ["ignore", "pipe", "inherit"] }),
			);
			const said = await Promise.all(children.map(async (child) => String((await once(child.stdout, "data"))[0]).trim()));
			expect(said.filter((each) => each === "taken")).toHaveLength(1);
			expect(said.filter((each) => each.includes("another Purser is using it"))).toHaveLength(19);
			const ended = children.map((child) => (child.exitCode === null ? once(child, "exit") : undefined));
			for (const child of children) child.kill("SIGKILL");
			await Promise.all(ended);
		}
	}, 60_000);

	test("that cannot be made, or used, is said", async () => {
		writeFileSync(join(directory, "file"), "");
		await expect(openDataDirectory(join(directory, "file"))).rejects.toThrow(/cannot create the data directory .*--data/);
	});

	test("is opened by a user without an entry in the system's list", { skip: process.getuid?.() !== 0 }, () => {
		const data = join(directory, "data");
		mkdirSync(data);
		chmodSync(directory, 0o777);
		chmodSync(data, 0o777);
		const module = fileURLToPath(new URL("../src/data-directory.ts", import.meta.url));
		const config = fileURLToPath(new URL("../src/config.ts", import.meta.url));
		const script = `
			const { openDataDirectory } = await import(${JSON.stringify(module)});
			const { readConfig } = await import(${JSON.stringify(config)});
			process.setgid(54321); process.setuid(54321);
			const { data } = readConfig({ flags: { data: ${JSON.stringify(data)} }, environment: {} });
			console.log((await openDataDirectory(data)).engineSocket);`;
		const said = execFileSync(process.execPath, ["--input-type=module", "-e", script], { env: { PATH: process.env["PATH"] } });
		expect(String(said).trim()).toBe(join(data, "run", "engine.sock"));
	});
});

test("files of others in shared memory keep no engine from starting", async () => {
	if (!existsSync("/dev/shm")) return;
	const foreign = "/dev/shm/purser-load-999999-not-a-file";
	mkdirSync(foreign, { recursive: true });
	try {
		const server = await startPurser();
		expect(server.purser.health.store().restarts).toBe(0);
		await server.stop();
		expect(existsSync(foreign)).toBe(true);
	} finally {
		rmSync(foreign, { recursive: true, force: true });
	}
});

test("an engine whose socket's place was taken away and given to others comes back, and the server lives", async () => {
	const server = await startPurser();
	const socket = join(server.data, "run", "engine.sock");
	process.kill(server.purser.enginePid()!, "SIGKILL");
	rmSync(socket, { force: true });
	mkdirSync(join(socket, "in the way"), { recursive: true });
	await until(() => server.log.filter((line) => line.includes(" engine: ")).length >= 2, "failing");
	rmSync(socket, { recursive: true, force: true });
	await until(() => server.purser.health.store().state === "ready", "ready");
	expect((await server.get("/api/v1/usage?measure=events")).rows).toEqual([{ events: 0 }]);
	await server.stop();
}, 60_000);

test("half a TLS configuration is an error that names what is missing", async () => {
	writeFileSync(join(directory, "pem"), "");
	const pem = join(directory, "pem");
	const cases: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
		[{ "tls-cert": pem }, "--tls-key"],
		[{ "tls-key": pem }, "--tls-cert"],
		[{ "tls-client-ca": pem }, "--tls-cert and --tls-key"],
		[{ "tls-cert": pem, "tls-client-ca": pem }, "--tls-key"],
		[{ "tls-cert": join(directory, "none"), "tls-key": pem }, "none"],
	];
	for (const [flags, named] of cases) {
		const config = readConfig({ flags: { data: join(directory, "data"), ...flags }, environment: {} });
		await expect(openPurser(config, noLog), JSON.stringify(flags)).rejects.toThrow(named);
	}
});

test("a file of keys that cannot be read, or looked at, leaves the keys as they were", { timeout: 30_000 }, async () => {
	const folder = join(directory, "keys");
	mkdirSync(folder);
	const path = join(folder, "keys.json");
	writeFileSync(path, JSON.stringify([{ name: "a", purpose: "ingest", sha256: hashKey("secret"), created: "2026-11-01" }]));
	const server = await startPurser({ keys: path });
	const send = async (key: string) =>
		(
			await post(
				`http://${server.http}/v1/logs`,
				{ "content-type": "application/json", authorization: `Bearer ${key}` },
				Buffer.from("{}"),
			)
		).status;
	try {
		expect([await send("secret"), await send("other")]).toEqual([200, 401]);
		// A link to itself cannot be looked at, as a directory without the permission to.
		rmSync(folder, { recursive: true });
		symlinkSync(folder, folder);
		await new Promise((resolve) => setTimeout(resolve, 1200));
		expect([await send("secret"), await send("other")]).toEqual([200, 401]);
		await new Promise((resolve) => setTimeout(resolve, 1200));
		expect([await send("secret"), await send("other")]).toEqual([200, 401]);
		expect(server.log.filter((line) => line.includes(" access: "))).toHaveLength(1);
	} finally {
		await server.stop();
	}
});

test("settings are no names of prototypes, and printed without credentials", async () => {
	const file = join(directory, "purser.yaml");
	writeFileSync(file, "constructor: 1\n__proto__: {web: 1}\ntoString: a\n");
	expect(() => readConfig({ flags: {}, environment: {}, file })).toThrow(/no setting "constructor"[\s\S]*no setting "toString"/);
	for (const url of ["http://u:s3cret@host/", "http://host/?user=u&password=s3cret", "http://u:s3cret%2Fa@host/", "s3cret"]) {
		const { stdout } = await runCommand(["serve", "--print-config", "--data", directory, "--clickhouse", url]);
		expect(stdout, url).toContain("clickhouse: ");
		expect(stdout, url).not.toContain("s3cret");
	}
}, 30_000);

test("a server's words command no terminal", async () => {
	const words = "\u001b]0;owned\u0007\u001b[2J\u009b31m\u202eevil";
	const fake = createServer((socket) => {
		socket.on("error", () => undefined);
		const body = JSON.stringify({ detail: words });
		socket.end(
			`HTTP/1.1 500 No\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
		);
	});
	await new Promise<void>((resolve) => fake.listen(0, "127.0.0.1", resolve));
	const { port } = fake.address() as { port: number };
	const { stderr, code } = await runCommand(["status", "--server", `http://127.0.0.1:${port}`]);
	fake.close();
	expect(code).toBe(1);
	expect(stderr).toContain("evil");
	expect(/[\p{Cc}\p{Cf}]/u.test(stderr.replaceAll("\n", ""))).toBe(false);
});
