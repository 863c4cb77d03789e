import { describe, expect, test } from "vitest";
import { resolveSettings } from "./resolve-settings.ts";
import { type Machine, managed, resolvedOn, surroundingsOf } from "./test-machine.ts";

const cache = "/home/ada/.claude/remote-settings.json";
const mac = "/Library/Application Support/ClaudeCode/managed-settings.json";
const windows = "C:\\Program Files\\ClaudeCode\\managed-settings.json";
const ada = { platform: "win32", homeDir: "C:\\Users\\Ada", cwd: "C:\\loom" } as const;
const a = (value: string) => ({ env: { A: value } });
const endpoint = (value: string) => ({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: value } });
const headers = (value: string) => ({ env: { OTEL_EXPORTER_OTLP_HEADERS: value } });

describe("where managed settings are", () => {
	const f = (machine: Machine, expected: object) => expect(resolvedOn(machine)).toEqual({ env: expected, notes: [] });

	test("on Linux", () => {
		f({ files: { [managed]: a("file") } }, { A: "file" });
		f(
			{
				files: { [mac]: a("file"), [windows]: a("file") },
				preferences: a("plist"),
				registry: { HKLM: a("HKLM"), HKCU: a("HKCU") },
			},
			{},
		);
	});

	test("on macOS", () => {
		const files = { [mac]: { env: { A: "file", B: "file" } }, [managed]: a("no") };
		f({ platform: "darwin", files, registry: { HKLM: a("HKLM"), HKCU: a("HKCU") } }, { A: "file", B: "file" });
		f({ platform: "darwin", files, preferences: a("plist") }, { A: "plist", B: "file" });
	});

	test("on Windows", () => {
		const files = { [windows]: { env: { A: "file", B: "file" } }, [managed]: a("no") };
		f({ ...ada, files, preferences: a("plist") }, { A: "file", B: "file" });
		f({ ...ada, files, registry: { HKLM: a("HKLM"), HKCU: { env: { A: "HKCU", C: "HKCU" } } } }, { A: "HKLM", B: "file" });
		f({ ...ada, files: { "C:\\ProgramData\\ClaudeCode\\managed-settings.json": a("old") } }, {});
		f({ ...ada, files: { "C:\\Program Files\\ClaudeCode\\managed-settings.d\\a.json": a("drop-in") } }, { A: "drop-in" });
		f({ ...ada, files: { "C:\\Users\\Ada\\.claude\\settings.json": a("user") } }, { A: "user" });
		f({ ...ada, files: { "C:\\loom\\.claude\\settings.json": a("project") } }, { A: "project" });
	});

	test("from a server: as handed over, else as fetched last", () => {
		f({ files: { [cache]: a("cache"), [managed]: a("file") } }, { A: "cache" });
		f({ files: { [cache]: a("cache") }, remoteSettings: a("remote") }, { A: "remote" });
		f({ files: { [cache]: a("cache") }, remoteSettings: {} }, {});
		f({ ...ada, files: { "C:\\Users\\Ada\\.claude\\remote-settings.json": a("cache") } }, { A: "cache" });
	});
});

test("what is wrong with the registry or the preferences is noted", () => {
	const name = "HKLM\\SOFTWARE\\Policies\\ClaudeCode, value Settings";
	expect(resolvedOn({ ...ada, registry: { HKLM: "{" } }).notes).toEqual([
		`cannot read ${name}: it is not valid JSON at line 1. Fix it: nothing of it counts`,
	]);
	expect(resolvedOn({ platform: "darwin", preferences: { env: [1] } }).notes).toEqual([
		'cannot use "env" of the managed preferences com.anthropic.claudecode: it must be an object of texts, as {"CLAUDE_CODE_ENABLE_TELEMETRY": "1"}',
	]);
	expect(resolvedOn({ platform: "darwin", preferences: null }).notes).toEqual([
		'cannot use the managed preferences com.anthropic.claudecode: settings must be one JSON object, as {"env": {}}',
	]);
});

describe("of several sources", () => {
	const f = ({ files = {}, ...machine }: Machine, expected: { env?: object; helper?: string; notes?: readonly string[] }) => {
		const { env, headersHelper, notes } = resolvedOn({ platform: "darwin", ...machine, files });
		expect({ env, helper: headersHelper?.command, notes }).toEqual({ env: {}, helper: undefined, notes: [], ...expected });
	};
	const plist = "the managed preferences com.anthropic.claudecode";
	const server = "the server-managed settings";

	test("each variable is the highest one's", () => {
		f(
			{
				remoteSettings: { env: { A: "remote" } },
				preferences: { env: { A: "plist", B: "plist" } },
				files: { [mac]: { env: { A: "file", B: "file", C: "file" } } },
			},
			{ env: { A: "remote", B: "plist", C: "file" } },
		);
	});

	test("selectors and labels come together, too", () => {
		const remoteSettings = { env: { OTEL_METRICS_EXPORTER: "otlp", ...endpoint("remote").env } };
		const preferences = { env: { OTEL_TRACES_EXPORTER: "otlp", OTEL_RESOURCE_ATTRIBUTES: "team.id=a" } };
		f({ remoteSettings, preferences }, { env: { ...remoteSettings.env, ...preferences.env } });
	});

	test("other keys are the first one's that has a policy", () => {
		const files = { [mac]: { otelHeadersHelper: "/file" } };
		f({ remoteSettings: { otelHeadersHelper: "/remote" }, files }, { helper: "/remote" });
		f({ remoteSettings: {}, files }, { helper: "/file" });
		f({ remoteSettings: { wslInheritsWindowsSettings: true, managedSourcesBehavior: "first-wins" }, files }, { helper: "/file" });
		f(
			{ remoteSettings: { model: "opus" }, files },
			{ notes: [`cannot use "otelHeadersHelper" of ${mac}: ${server} comes first. Put it there`] },
		);
	});

	test("managedSourcesBehavior changes neither variables nor the helper", () => {
		const files = { [mac]: { ...a("file"), otelHeadersHelper: "/file" } };
		for (const managedSourcesBehavior of ["merge", "first-wins"]) {
			f({ remoteSettings: { managedSourcesBehavior }, files }, { env: { A: "file" }, helper: "/file" });
			f(
				{ remoteSettings: { managedSourcesBehavior, env: { B: "remote" } }, files },
				{
					env: { A: "file", B: "remote" },
					notes: [`cannot use "otelHeadersHelper" of ${mac}: ${server} comes first. Put it there`],
				},
			);
		}
	});

	describe("the telemetry unit is one source's", () => {
		const note = (names: string, source: string, why: string) =>
			`cannot use ${names} of ${source}: ${why}. Put all telemetry settings into one source`;

		test("the highest one's that sets any of it", () => {
			for (const name of [
				"OTEL_EXPORTER_OTLP_PROTOCOL",
				"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
				"OTEL_LOG_TOOL_DETAILS",
				"OTEL_LOGS_EXPORTER",
				"ENABLE_BETA_TRACING_DETAILED",
				"BETA_TRACING_ENDPOINT",
			]) {
				f(
					{ remoteSettings: { env: { [name]: "x" } }, preferences: headers("plist"), files: { [mac]: a("file") } },
					{
						env: { [name]: "x", A: "file" },
						notes: [note("OTEL_EXPORTER_OTLP_HEADERS", plist, `${server} claims them`)],
					},
				);
			}
		});

		test("which need not be the one that wins", () => {
			const files = { [mac]: endpoint("file") };
			f({ remoteSettings: a("remote"), files }, { env: { A: "remote", ...endpoint("file").env } });
			f(
				{ remoteSettings: { model: "opus" }, preferences: headers("plist"), files },
				{
					env: headers("plist").env,
					notes: [note("OTEL_EXPORTER_OTLP_ENDPOINT", mac, `${plist} claims them`)],
				},
			);
		});

		test("no note where a lower one repeats it", () => {
			f({ remoteSettings: endpoint("remote"), files: { [mac]: endpoint("file") } }, { env: endpoint("remote").env });
		});

		test("a headers helper claims it for the winner", () => {
			f(
				{ preferences: { otelHeadersHelper: "/plist" }, files: { [mac]: endpoint("file") } },
				{ helper: "/plist", notes: [note("OTEL_EXPORTER_OTLP_ENDPOINT", mac, `${plist} claims them`)] },
			);
			f({ preferences: { otelHeadersHelper: "/plist", ...endpoint("plist") } }, { helper: "/plist", env: endpoint("plist").env });
		});

		test("and for no user where its source does not win", () => {
			f(
				{
					remoteSettings: { model: "opus" },
					preferences: { env: { A: "plist", ...endpoint("plist").env }, otelHeadersHelper: "/plist" },
					files: { [mac]: { env: { B: "file", ...headers("file").env } } },
				},
				{
					env: { A: "plist", B: "file" },
					notes: [
						note("OTEL_EXPORTER_OTLP_ENDPOINT", plist, `it has a headers helper, and ${server} comes first`),
						`cannot use "otelHeadersHelper" of ${plist}: ${server} comes first. Put it there`,
						note("OTEL_EXPORTER_OTLP_HEADERS", mac, `${plist} claims them`),
					],
				},
			);
		});
	});

	test("a policy that a program would compute is unknown", () => {
		const policyHelper = { path: "/usr/local/bin/policy" };
		const notes = [
			`cannot follow "policyHelper" of ${mac}: it is not run here, so its policy is unknown. Repeat the telemetry settings in "env"`,
		];
		f({ files: { [mac]: { policyHelper, ...a("file") } } }, { env: { A: "file" }, notes });
		f({ remoteSettings: { policyHelper } }, {});
		f({ remoteSettings: a("remote"), files: { [mac]: { policyHelper } } }, { env: { A: "remote" } });
	});

	test("an embedding program's policy counts where no administrator has one", () => {
		const parentSettings = { ...a("parent"), otelHeadersHelper: "/parent" };
		f({ parentSettings }, { env: { A: "parent" }, helper: "/parent" });
		f({ parentSettings, files: { [mac]: { managedSourcesBehavior: "merge" } } }, { env: { A: "parent" }, helper: "/parent" });
		f(
			{ parentSettings, files: { [mac]: { env: { B: "file" } } } },
			{
				env: { B: "file" },
				notes: [`cannot use the embedding program's settings: ${mac} has a policy, and administrators' come first`],
			},
		);
	});
});

test("the user's part of the registry is asked last, and stands alone", () => {
	const f = (machine: Machine, expected: object, asked: boolean) => {
		const seen: string[] = [];
		const { env, notes } = resolveSettings(
			surroundingsOf({ ...ada, registry: { HKCU: a("HKCU"), ...machine.registry }, ...machine }, seen),
		);
		expect({ env, notes, asked: seen.includes("HKCU") }).toEqual({ env: expected, notes: [], asked });
	};
	f({}, { A: "HKCU" }, true);
	f({ files: { [windows]: { env: { B: "file" } } } }, { B: "file" }, false);
	f({ registry: { HKLM: { env: { B: "HKLM" } }, HKCU: a("HKCU") } }, { B: "HKLM" }, false);
	f({ parentSettings: { env: { B: "parent" } } }, { B: "parent" }, false);
	f({ remoteSettings: { managedSourcesBehavior: "merge" } }, { A: "HKCU" }, true);
});
