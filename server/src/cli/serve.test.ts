import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../config.ts";
import { createLog, moduleLog } from "../log.ts";
import { printedConfig, serve } from "./serve.ts";

test("the printed configuration is a purser.yaml that says the same", () => {
	const directory = mkdtempSync(join(tmpdir(), "purser-config-"));
	try {
		const flags = {
			data: directory,
			grpc: "[::1]:14317",
			"engine-memory": "2G",
			insecure: true,
			"allowed-hosts": "a.example,b.example",
		};
		const config = readConfig({ flags, environment: {} });
		const file = join(directory, "purser.yaml");
		writeFileSync(file, printedConfig(config));
		expect(readConfig({ flags: {}, environment: {}, file })).toEqual(config);
	} finally {
		rmSync(directory, { recursive: true });
	}
});

test("a password is not printed", () => {
	const config = readConfig({ flags: { clickhouse: "https://purser:secret@db.example:8443/purser" }, environment: {} });
	const printed = printedConfig(config);
	expect(printed).not.toContain("secret");
	expect(printed).toContain("https://purser:***@db.example:8443/purser");
});

test("a setting's former name is read, its new name wins, and help lists the new name only", () => {
	const environment = { PURSER_QUERY_SECONDS: "7", PURSER_RETAIN_SPANS: "4", PURSER_RETENTION_SPANS_MONTHS: "5" };
	const config = readConfig({ flags: { "rollup-rest": "90" }, environment });
	expect(config).toMatchObject({ "query-timeout-seconds": 7, "rollup-delay-seconds": 90, "retention-spans-months": 5 });
	expect(printedConfig(config)).not.toContain("rollup-rest");
	expect(serve.options.filter(({ flags }) => flags.startsWith("--rollup-rest"))).toEqual([
		expect.objectContaining({ isHidden: true }),
	]);
});

test("log entries are text for people, or one JSON object a line, from the given level on", () => {
	const entries = (format: string, level: string): string[] => {
		const written: string[] = [];
		const log = moduleLog(createLog({ format, level, write: (entry) => written.push(entry) }), "store");
		log.info("migrated to schema 3");
		log.warn('cannot load segment 7: "x"');
		return written;
	};
	expect(entries("text", "info")).toEqual([
		expect.stringMatching(/^\d{4}-[\dT:.-]+Z INFO store: migrated to schema 3\n$/),
		expect.stringMatching(/^\S+ WARN store: cannot load segment 7: "x"\n$/),
	]);
	const [warning, ...others] = entries("json", "warn");
	expect([JSON.parse(warning!), others]).toEqual([
		{ level: "warn", time: expect.any(String), module: "store", msg: 'cannot load segment 7: "x"' },
		[],
	]);
	expect(() => readConfig({ flags: { "log-level": "loud" }, environment: {} })).toThrow(
		'--log-level: must be one of debug, info, warn, error, not "loud"',
	);
});
