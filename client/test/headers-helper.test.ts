import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { HeadersHelper } from "../src/export/headers-helper.ts";
import { openCollector } from "./collector.ts";
import { environment, open, sayAll, until } from "./emit-everything.ts";

/** Programs that give headers, and those that do not. */
const collector = await openCollector();
afterAll(() => collector.close());
const folder = mkdtempSync(join(tmpdir(), "purser-client-helper-"));

/** A user's settings that name the helper. */
const withHelper = (otelHeadersHelper: string) => ({
	homeDir: "/home/ada",
	cwd: "/work/loom",
	readers: {
		readFile: (path: string) => (path === "/home/ada/.claude/settings.json" ? JSON.stringify({ otelHeadersHelper }) : undefined),
		listFolder: () => [],
		readPreferences: () => undefined,
		readRegistry: () => undefined,
	},
});
const quick = {
	CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS: "400",
	OTEL_LOGS_EXPORT_INTERVAL: "50",
	OTEL_TRACES_EXPORTER: "none",
	OTEL_METRICS_EXPORTER: "none",
};
const notObject = "otelHeadersHelper has to print one JSON object with texts: it did not";

test.each([
	["exit 1", "otelHeadersHelper failed: it ended with code 1"],
	["echo '{}'; exit 3", "otelHeadersHelper failed: it ended with code 3"],
	["echo rubbish", notObject],
	["echo '[1]'", notObject],
	["echo 'null'", notObject],
	[`echo '{"a":1}'`, notObject],
	[`echo '{"a b":"secret"}'`, 'otelHeadersHelper printed a header that cannot be sent: "a b"'],
	[`printf %s '{"a":"se\\ncret"}'`, 'otelHeadersHelper printed a header that cannot be sent: "a"'],
	["head -c 1000000 /dev/zero", "otelHeadersHelper failed: it printed more than 65536 bytes"],
	["no-such-program-anywhere", "otelHeadersHelper failed: it ended with code 127"],
	["kill -9 $$", "otelHeadersHelper failed: it ended with SIGKILL"],
	["sleep 30", "otelHeadersHelper failed: no export waits for it any more"],
])("while it does %s nothing is sent, and the reason is noted without its output", async (command, why) => {
	collector.received.length = 0;
	const telemetry = open({ ...environment(collector), ...quick }, { settings: withHelper(command) });
	sayAll(telemetry);
	if (!command.startsWith("sleep")) await until(() => telemetry.status().headersHelper !== undefined);
	const begin = performance.now();
	await telemetry.shutdown();
	expect(performance.now() - begin).toBeLessThan(3000);
	await until(() => telemetry.status().headersHelper !== undefined);
	const { headersHelper, logs } = telemetry.status();
	expect([headersHelper, collector.received.length]).toEqual([why, 0]);
	expect(logs).toMatchObject({ emitted: 5, failed: 5, waiting: 0 });
});

test("it is asked again with each export while it fails, and what comes then arrives", async () => {
	collector.received.length = 0;
	const flag = join(folder, "works");
	const command = `test -e ${flag} && echo '{"token":"1"}'`;
	const telemetry = open({ ...environment(collector), ...quick }, { settings: withHelper(command) });
	telemetry.userPrompt({});
	await until(() => telemetry.status().logs?.failed === 1);
	writeFileSync(flag, "");
	telemetry.userPrompt({});
	await until(() => collector.received.length === 1);
	await telemetry.shutdown();
	const { headersHelper, logs } = telemetry.status();
	expect([headersHelper, collector.received[0]?.headers["token"]]).toEqual([undefined, "1"]);
	expect(logs).toMatchObject({ emitted: 2, exported: 1, failed: 1 });
});

test("one that hangs is ended in time, with whatever it started", async () => {
	const pids = join(folder, "pids");
	const helper = new HeadersHelper(`sleep 60 & echo $! > ${pids}; wait`, 1000, process.env, 300);
	await expect(helper.headers()).rejects.toThrow("otelHeadersHelper failed: it did not end within 0.3 seconds");
	const pid = readFileSync(pids, "utf8").trim();
	// The process may still exist as a zombie until its parent has waited for it.
	const state = () => {
		try {
			return execFileSync("ps", ["-o", "stat=", "-p", pid], { encoding: "utf8" }).trim();
		} catch {
			return "";
		}
	};
	await until(() => /^(Z.*)?$/.test(state()));
});

test("a path may have spaces, and many exports ask once", async () => {
	const path = join(folder, "my helper");
	writeFileSync(path, `#!/bin/sh\necho x >> '${folder}/runs'\necho '{"a":"'$WHO'"}'\n`, { mode: 0o755 });
	const helper = new HeadersHelper(path, 60_000, { ...process.env, WHO: "ada" });
	const all = await Promise.all([helper.headers(), helper.headers(), helper.headers()]);
	expect(all).toEqual(Array(3).fill({ a: "ada" }));
	expect(readFileSync(join(folder, "runs"), "utf8")).toBe("x\n");
});
