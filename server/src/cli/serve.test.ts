import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../config.ts";
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
