import { describe, expect, test } from "vitest";
import { resolveSettings } from "./resolve-settings.ts";
import { local, type Machine, managed, project, resolvedOn, surroundingsOf, user } from "./test-machine.ts";

const label = (value: string) => ({ env: { OTEL_RESOURCE_ATTRIBUTES: value } });

describe("precedence", () => {
	const f = (machine: Machine, expected: string | undefined) => {
		const { env, notes } = resolvedOn(machine);
		expect(env["OTEL_RESOURCE_ATTRIBUTES"]).toBe(expected);
		expect(notes).toEqual([]);
	};
	const env = label("shell").env;

	test("managed, --settings, the project's local and committed files, the user's, the environment", () => {
		const files = { [managed]: label("managed"), [local]: label("local"), [project]: label("project"), [user]: label("user") };
		const commandLineSettings = label("line");
		f({ env, files, commandLineSettings }, "managed");
		f({ env, files: { ...files, [managed]: undefined }, commandLineSettings }, "line");
		f({ env, files: { ...files, [managed]: undefined } }, "local");
		f({ env, files: { [project]: label("project"), [user]: label("user") } }, "project");
		f({ env, files: { [user]: label("user") } }, "user");
		f({ env }, "shell");
		f({}, undefined);
	});

	test("an empty text cancels what is below, and what is above wins over it", () => {
		f({ env, files: { [user]: label("") } }, undefined);
		f({ env, files: { [user]: label("user"), [managed]: label("") } }, undefined);
		f({ env, files: { [user]: label(""), [project]: label("project") } }, "project");
		f({ env: label("").env }, undefined);
	});

	test("variables that are set at different places come together", () => {
		const files = { [user]: { env: { A: "user", B: "user" } }, [local]: { env: { B: "local" } } };
		expect(resolvedOn({ env: { A: "shell", C: "shell", D: undefined }, files }).env).toEqual({
			A: "user",
			B: "local",
			C: "shell",
		});
	});

	test("CLAUDE_CONFIG_DIR moves the user's file", () => {
		f({ env: { CLAUDE_CONFIG_DIR: "/else" }, files: { "/else/settings.json": label("else"), [user]: label("user") } }, "else");
	});

	test("in the home directory the user's file is the user's, not a project's", () => {
		const files = { [user]: { env: { OTEL_LOGS_EXPORTER: "otlp" } } };
		expect(resolvedOn({ cwd: "/home/ada", files })).toEqual({ env: { OTEL_LOGS_EXPORTER: "otlp" }, notes: [] });
	});
});

describe("otelHeadersHelper", () => {
	const f = (machine: Machine, expected: string | undefined) => {
		const { headersHelper, notes } = resolvedOn(machine);
		expect(headersHelper && `${headersHelper.command} of ${headersHelper.source}`).toBe(expected);
		expect(notes).toEqual([]);
	};
	const helper = (command: string) => ({ otelHeadersHelper: command });

	test("any scope but a project's may hold it, and the highest wins", () => {
		const files = { [managed]: helper("/m"), [user]: helper("/u") };
		const commandLineSettings = helper("/c --all");
		f({ files, commandLineSettings }, `/m of ${managed}`);
		f({ files: { ...files, [managed]: undefined }, commandLineSettings }, "/c --all of --settings");
		f({ files: { [user]: helper("/u") } }, `/u of ${user}`);
		f({ env: { otelHeadersHelper: "/no" } }, undefined);
	});

	test("a relative path is refused: it would name a program of whatever repository is open", () => {
		for (const command of ["./helper", "../helper --all", "bin/helper", "'./a'", ".claude/x.sh", "..\\x.exe"]) {
			const { headersHelper, notes } = resolvedOn({ files: { [user]: helper(command) } });
			expect([headersHelper, notes], command).toEqual([undefined, [expect.stringContaining("write its whole path")]]);
		}
		for (const command of [
			"/bin/helper",
			"~/helper",
			"$HOME/helper",
			"C:\\helper.exe",
			"echo './a'",
			"helper --config ./x",
			"A=./b /c",
		])
			f({ files: { [user]: helper(command) } }, `${command} of ${user}`);
	});

	test("an empty one cancels those below", () => {
		f({ files: { [local]: helper(""), [user]: helper("/u") } }, undefined);
		f({ files: { [managed]: helper(""), [user]: helper("/u") } }, undefined);
	});
});

describe("wrong shapes give a note, and what is well-formed is kept", () => {
	const f = (content: unknown, expected: { env?: object; notes: readonly string[] }) =>
		expect(resolvedOn({ files: { [user]: content } })).toEqual({ env: {}, ...expected });

	test("texts that are no JSON", () => {
		f("", { notes: [`cannot read ${user}: it is not valid JSON. Fix it: nothing of it counts`] });
		f('{\n"env": {},\n}', { notes: [`cannot read ${user}: it is not valid JSON at line 3. Fix it: nothing of it counts`] });
		f('\uFEFF{"env": {"A": "1"}}', { env: { A: "1" }, notes: [] });
	});

	test("settings that are no object", () => {
		for (const content of ["[]", '"secret"', "null", "7"]) {
			f(content, { notes: [`cannot use ${user}: settings must be one JSON object, as {"env": {}}`] });
		}
	});

	test("an env that is no object", () => {
		for (const env of ["A=secret", ["A=secret"], null, 1]) {
			f(
				{ env },
				{
					notes: [`cannot use "env" of ${user}: it must be an object of texts, as {"CLAUDE_CODE_ENABLE_TELEMETRY": "1"}`],
				},
			);
		}
	});

	test("values that are no text: numbers and flags are taken as such, others are not", () => {
		f(
			{ env: { A: 1, B: true, C: ["secret"], D: { secret: 1 }, E: null, F: "kept" } },
			{
				env: { A: "1", B: "true", F: "kept" },
				notes: [
					`"env.A" of ${user} is a number and taken as text: write it in quotes`,
					`"env.B" of ${user} is a boolean and taken as text: write it in quotes`,
					...["C", "D", "E"].map((name) => `cannot use "env.${name}" of ${user}: it must be a text in quotes`),
				],
			},
		);
	});

	test("a headers helper that is no text", () => {
		const notes = [`cannot use "otelHeadersHelper" of ${user}: it must be a text, the command that prints the headers`];
		f({ otelHeadersHelper: ["/helper"], env: { A: "1" } }, { env: { A: "1" }, notes });
	});

	test("identity comes from the environment alone", () => {
		const name = "CLAUDE_CODE_USER_EMAIL";
		const { env, notes } = resolvedOn({ env: { [name]: "ada@x" }, files: { [managed]: { env: { [name]: "eve@x" } } } });
		expect(env).toEqual({ [name]: "ada@x" });
		expect(notes).toEqual([`cannot use "env.${name}" of ${managed}: set it in the environment that the agent is started from`]);
	});

	test("what is handed over is not trusted either", () => {
		const { env, notes } = resolvedOn({ commandLineSettings: "secret", remoteSettings: 1, parentSettings: null });
		expect(env).toEqual({});
		expect(notes).toHaveLength(3);
		expect(notes.join()).not.toContain("secret");
	});

	test("names that objects have anyway are names like others", () => {
		const content = '{"env": {"__proto__": "a", "constructor": "b"}, "__proto__": {"env": {"B": "1"}}}';
		const { env, notes } = resolvedOn({ files: { [user]: content } });
		expect(Object.entries(env)).toEqual([
			["__proto__", "a"],
			["constructor", "b"],
		]);
		expect(notes).toEqual([]);
	});
});

test("a reader that fails is a note", () => {
	const surroundings = surroundingsOf({ files: { [user]: { env: { A: "1" } } } });
	const { readFile } = surroundings.readers;
	const fail = (error: unknown) => () => {
		throw error;
	};
	const readers = {
		...surroundings.readers,
		readFile: (path: string) => (path === user ? readFile(path) : fail(Object.assign(new Error("secret"), { code: "EACCES" }))()),
		listFolder: fail(undefined),
	};
	const { env, notes } = resolveSettings({ ...surroundings, readers });
	expect(env).toEqual({ A: "1" });
	expect(notes).toContain(`cannot read ${managed}: EACCES. Make it readable, or remove it`);
	expect(notes).toContain("cannot read /etc/claude-code/managed-settings.d: its reader failed. Make it readable, or remove it");
	expect(notes.join()).not.toContain("secret");
});

test("no note quotes a value", () => {
	const secret = "s3cret";
	const env = Object.fromEntries(
		["ENDPOINT", "HEADERS", "LOGS_ENDPOINT", "LOGS_HEADERS", "TRACES_PROTOCOL"].map((stem) => [
			`OTEL_EXPORTER_OTLP_${stem}`,
			secret,
		]),
	);
	const settings = { env: { ...env, BETA_TRACING_ENDPOINT: secret, OTEL_LOGS_EXPORTER: secret }, otelHeadersHelper: secret };
	const { notes } = resolvedOn({
		env: settings.env,
		files: {
			[managed]: settings,
			[project]: settings,
			[local]: { env: { A: [secret] }, otelHeadersHelper: [secret] },
			[user]: `{"env": {"A": "${secret}" ${secret}`,
		},
		remoteSettings: { otelHeadersHelper: secret, env: { OTEL_EXPORTER_OTLP_HEADERS: secret } },
		parentSettings: secret,
		commandLineSettings: settings,
	});
	expect(notes.length).toBeGreaterThan(8);
	expect(notes.join("\n")).not.toContain(secret);
});

test("the answer is frozen", () => {
	const settled = resolvedOn({ files: { [user]: { otelHeadersHelper: "/u" } } });
	for (const part of [settled, settled.env, settled.notes, settled.headersHelper]) expect(Object.isFrozen(part)).toBe(true);
});

test("where nothing is set up it takes no time and asks neither preferences nor registry", () => {
	const env = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`VARIABLE_${i}`, "x".repeat(100)]));
	const seen: string[] = [];
	resolveSettings(surroundingsOf({ env }, seen));
	expect(seen).toEqual([
		"/etc/claude-code/managed-settings.d",
		managed,
		"/home/ada/.claude/remote-settings.json",
		local,
		project,
		user,
	]);
	const surroundings = surroundingsOf({ env });
	const rounds = 200;
	const start = performance.now();
	for (let i = 0; i < rounds; i++) resolveSettings(surroundings);
	expect((performance.now() - start) / rounds).toBeLessThan(1);
});
