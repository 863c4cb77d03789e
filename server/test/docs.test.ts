import { spawn, spawnSync } from "node:child_process";
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { attributes, events, metrics, scopes, variables } from "@purser/contract";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { pages as derived } from "../scripts/pages.ts";
import { commands } from "../src/cli/commands.ts";
import { visibleMeasures } from "../src/semantic/compile-usage.ts";
import { dimensions } from "../src/semantic/dimension.ts";
import { settings, variableOf } from "../src/settings.ts";
import { startPurser, type TestPurser } from "./purser.ts";
import { readRecordings } from "./recordings.ts";
import { replay } from "./send.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = join(root, "server/src/main.ts");
const pages = [
	"README.md",
	"CONTRIBUTING.md",
	"CHANGELOG.md",
	...readdirSync(join(root, "docs")).flatMap((name) => (name.endsWith(".md") ? [`docs/${name}`] : [])),
];
/** Written from other definitions, with tests of its own. */
const prose = pages.filter((page) => page !== "docs/contract.md");
const textOf = (page: string): string => readFileSync(join(root, page), "utf8");

/** Lines that cannot be run here, each for a reason, and what is looked up instead. */
const notRun: readonly { readonly is: RegExp; readonly because: string }[] = [
	{ is: /^git clone /, because: "this is the clone" },
	{ is: /^npm (start|test)\b/, because: "it runs until it is stopped, or runs this very test; the script is looked up" },
	{ is: /^npm run /, because: "it writes into the repository; the script is looked up" },
	{ is: /^npx biome /, because: "it writes into the repository" },
	{ is: /^claude$/, because: "Claude Code is not here" },
	{
		is: /^npx purser (serve|demo)\b(?!.*--(print-config|remove))/,
		because: "it runs until it is stopped; its options are looked up",
	},
	{ is: /purser\.example\.com/, because: "there is no such host" },
	{ is: /purser journal export /, because: "nothing is quarantined here" },
	{ is: /\| jq /, because: "jq may not be here" },
];

describe("derived pages say what the definitions say; else run `npm run docs`", () => {
	for (const [name, write] of Object.entries(derived)) it(name, () => expect(textOf(`docs/${name}`)).toBe(write()));
});

describe("accounting rules", () => {
	const rules = [...textOf("docs/accounting.md").matchAll(/^### (R\d+) .*\n([\s\S]*?)(?=^### |$(?![\s\S]))/gm)];
	const ids = rules.map(([, id]) => id!);

	it("are numbered, and each has an example and a test that names it", () => {
		expect(ids).toEqual(ids.map((_, i) => `R${i + 1}`));
		expect(ids.length).toBeGreaterThan(10);
		for (const [, id, text] of rules) {
			expect(text, `${id} needs an example`).toMatch(/^> /m);
			const [, path] = /^Proved by `([^`]+)`\.$/m.exec(text!) ?? [];
			expect(readFileSync(join(root, path!), "utf8"), `${path} names ${id}`).toMatch(new RegExp(`\\b${id}\\b`));
		}
	});

	it("exist where comments cite them", () => {
		const sources = readdirSync(join(root, "server/src"), { recursive: true, encoding: "utf8" }).filter((path) =>
			path.endsWith(".ts"),
		);
		const cited = sources.flatMap((path) =>
			[...readFileSync(join(root, "server/src", path), "utf8").matchAll(/\((R\d+)\b|\b(?:of|implement) (R\d+)\b/g)].map(
				([, id, other]) => id ?? other!,
			),
		);
		expect(cited.length).toBeGreaterThan(10);
		expect(cited.filter((id) => !ids.includes(id))).toEqual([]);
	});
});

type Block = { readonly language: string; readonly text: string };

const blocksOf = (text: string): Block[] =>
	[...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, block]) => ({ language: language!, text: block! }));

/** Returns a block's commands: a line that ends within quotes or with a backslash is continued. */
function commandsIn(block: string): string[] {
	const found: string[] = [];
	for (const line of block.split("\n")) {
		const last = found.at(-1);
		if (last !== undefined && ((last.split('"').length - 1) % 2 === 1 || last.endsWith("\\")))
			found[found.length - 1] = `${last}\n${line}`;
		else if (line.trim() !== "" && !line.startsWith("#")) found.push(line);
	}
	return found;
}

const hasTools = ["sh", "curl", "tar"].every((tool) => spawnSync(tool, ["--version"]).error === undefined);

describe.skipIf(!hasTools)("commands in the docs do what they say (needs sh, curl and tar)", () => {
	/** The cache of the compiled program, which is started many times. */
	const cache = mkdtempSync(join(tmpdir(), "purser-compiled-"));
	afterAll(() => rmSync(cache, { recursive: true, force: true }));
	let home: string;
	let server: TestPurser;
	let sql: string;

	/** Every page begins with a server of its own that has some events of a real client. */
	async function begin(): Promise<void> {
		home = mkdtempSync(join(tmpdir(), "purser-docs-"));
		const bin = join(home, "bin");
		mkdirSync(bin);
		// `purser tail` runs until Ctrl-C.
		const node = `"${process.execPath}" "${program}"`;
		const tail = `${node} "$@" & pid=$!; sleep 4; kill -INT $pid; wait $pid; exit`;
		writeFileSync(
			join(bin, "npx"),
			`#!/bin/sh\n[ "$1" = purser ] || exit 127\nshift\nif [ "$1" = tail ]; then ${tail}; fi\nexec ${node} "$@"\n`,
		);
		chmodSync(join(bin, "npx"), 0o755);
		symlinkSync(process.execPath, join(bin, "node"));
		sql = `127.0.0.1:${await freePort()}`;
		server = await startPurser({ data: join(home, ".local/share/purser"), sql, "rollup-delay-seconds": 1 });
		await replay(
			readRecordings().filter(({ folder }) => folder === "2.1.329/http-json/full"),
			server,
		);
		await server.settle();
	}

	function run(script: string): Promise<{ code: number | null; said: string }> {
		const path = `${join(home, "bin")}:${process.env["PATH"]}`;
		const env = { PATH: path, HOME: home, PURSER_SERVER: `http://${server.web}`, NODE_COMPILE_CACHE: cache };
		const child = spawn("sh", ["-eux"], { env, cwd: home });
		let said = "";
		const collect = (chunk: Buffer) => {
			said += chunk;
		};
		child.stdout.on("data", collect);
		child.stderr.on("data", collect);
		child.stdin.end(script);
		return new Promise((done) => child.once("close", (code) => done({ code, said })));
	}

	const here = (command: string): string =>
		command
			.replaceAll(/\b(127\.0\.0\.1|localhost):4317\b/g, server.grpc)
			.replaceAll(/\b(127\.0\.0\.1|localhost):4318\b/g, server.http)
			.replaceAll(/\b(127\.0\.0\.1|localhost):4319\b/g, server.web)
			.replaceAll("127.0.0.1:8123", sql)
			.replaceAll(/(?<= )examples\//g, join(root, "examples/"));

	for (const page of pages) {
		const all = blocksOf(textOf(page)).flatMap(({ language, text }) => (language === "sh" ? commandsIn(text) : []));
		const runnable = all.filter((command) => !notRun.some(({ is }) => is.test(command)));
		if (runnable.length === 0) continue;
		it(`${page}: ${runnable.length} of ${all.length}`, { timeout: 180_000 }, async () => {
			await begin();
			try {
				const { code, said } = await run(
					runnable
						.map((command) => `${here(command)} </dev/null`.replace(/^(export .*|[A-Z_]+=.*) <\/dev\/null$/s, "$1"))
						.join("\n"),
				);
				expect(code, said.slice(-3000)).toBe(0);
				expect(said).not.toContain("application/problem");
				expect(said).not.toMatch(/"status":[45]\d\d/);
				expect(said).not.toMatch(/^Code: \d+\. DB::Exception/m);
			} finally {
				await server.stop(true);
				rmSync(home, { recursive: true, force: true });
			}
		});
	}
});

test("npm scripts that are named exist", () => {
	const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
	for (const page of pages) {
		for (const [, name] of textOf(page).matchAll(/npm (?:run )?(start|test|(?<=run )[\w:]+)/g))
			expect(Object.keys(scripts), page).toContain(name);
	}
});

test("YAML and JSON in the docs are that, and settings in them exist", () => {
	for (const page of prose) {
		for (const { language, text } of blocksOf(textOf(page))) {
			if (language === "json") expect(() => JSON.parse(text), page).not.toThrow();
			if (language === "yaml")
				for (const [, name] of text.matchAll(/^([\w-]+):/gm)) expect(Object.keys(settings), page).toContain(name);
		}
	}
});

const anchorsOf = (text: string): ReadonlySet<string> =>
	new Set(
		[...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
			title!
				.toLowerCase()
				.replaceAll(/[^\p{L}\p{N} _-]/gu, "")
				.replaceAll(" ", "-"),
		),
	);
/** Made by commands of their own, which need a browser or take long. */
const madeElsewhere = /^docs\/(pictures\/.*|performance\.md)$/;

test("links within the repository lead somewhere", () => {
	for (const page of pages) {
		const text = textOf(page);
		const links = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)].map(
			([, link, source]) => (link ?? source)!,
		);
		for (const link of links.filter((each) => !/^[a-z]+:/.test(each))) {
			const [path, anchor] = link.split("#", 2) as [string, string | undefined];
			const target = path === "" ? join(root, page) : resolve(root, dirname(page), path);
			if (madeElsewhere.test(target.slice(root.length)) && !existsSync(target)) continue;
			expect(existsSync(target), `${page}: ${link}`).toBe(true);
			if (anchor) expect([...anchorsOf(readFileSync(target, "utf8"))], `${page}: ${link}`).toContain(anchor);
		}
	}
});

/** Text that is shown as code: names in it must be right. */
const codeIn = (text: string): string[] => [
	...blocksOf(text).map((block) => block.text),
	...[...text.replaceAll(/^```[\s\S]*?^```$/gm, "").matchAll(/`([^`]+)`/g)].map(([, inline]) => inline!),
];

describe("names in the docs exist", () => {
	const f = (what: string, pattern: RegExp, known: Iterable<string>, of = prose) =>
		it(what, () => {
			const names = new Set(known);
			for (const page of of) {
				for (const snippet of codeIn(textOf(page))) {
					for (const [, name] of snippet.matchAll(pattern)) expect([...names], `${page}: ${snippet}`).toContain(name);
				}
			}
		});
	const options = commands.flatMap((command) =>
		command.options.flatMap(({ flags }) => [...flags.matchAll(/--[\w-]+/g)].map(([flag]) => flag)),
	);
	const foreign = ["--data-binary", "--max-time", "--write", "--help", "--inputs", "--only", "--seed"];
	const ofDemo = textOf("demo/src/main.ts").match(/(?<=^ {2})--[a-z]+/gm) ?? [];
	const ofServe = Object.keys(settings).map((name) => `--${name}`);
	f("flags", /(?<![\w-])(--[a-z][\w-]*)/g, [...options, ...ofServe, ...ofDemo, ...foreign]);
	const own = [...Object.keys(settings).map(variableOf), "PURSER_CONFIG", "PURSER_SERVER", "PURSER_KEY"];
	f("Purser's variables", /\b(PURSER_[A-Z_]+)\b/g, own);
	f(
		"Claude Code's variables",
		/(?<!\w)((?:OTEL|CLAUDE_CODE)_[A-Z_]+)(?!\w)/g,
		variables.map(({ name }) => name),
	);
	f("commands", /\bpurser ((?:(?:keys|journal) )?[a-z]+)/g, ["keys", "journal", ...commands.map(({ name }) => name)]);
	f("metrics, events and attributes", /\b(claude_code\.[\w.]+)/g, [
		...metrics.map(({ name }) => name),
		...events.map(({ name }) => `claude_code.${name}`),
		...attributes.map(({ key }) => key),
		"claude_code.tool",
		...scopes.map(({ name }) => name.replace("com.anthropic.", "")),
	]);
	f("Purser's own metrics", /\b(purser_[a-z_]+)\b/g, ownMetricNames());

	it("measures", () => {
		const known = visibleMeasures.map(({ name }) => name);
		for (const page of prose) {
			const lists = [...textOf(page).matchAll(/\bmeasure=([\w,]+)/g)].map(([, list]) => list!);
			for (const name of lists.flatMap((list) => list.split(","))) expect(known, page).toContain(name);
		}
	});
	function ownMetricNames(): string[] {
		const source = readFileSync(join(root, "server/src/api/self-metrics.ts"), "utf8");
		return [...source.matchAll(/metric\("(\w+)"/g)].map(([, name]) => `purser_${name}`);
	}
});

test("paths of the repository that are named exist", () => {
	for (const page of prose) {
		for (const snippet of codeIn(textOf(page))) {
			for (const [, path] of snippet.matchAll(
				/(?:^|\s)((?:server|contract|dashboard|scripts|docs|examples|recordings)\/[\w./-]+)/g,
			)) {
				expect(existsSync(join(root, path!)), `${page}: ${path}`).toBe(true);
			}
		}
	}
});

test("the changelog counts right", () => {
	expect(textOf("CHANGELOG.md")).toContain(`${visibleMeasures.length} measures by ${dimensions.length} dimensions`);
});

describe("the API's page", () => {
	let server: TestPurser;
	beforeAll(async () => {
		server = await startPurser();
	});
	afterAll(() => server.stop());

	it("names every address there is, and no other", async () => {
		const { paths } = await server.get<{ paths: Record<string, unknown> }>("/openapi.json");
		const named = new Set([...textOf("docs/api.md").matchAll(/(\/(?:api\/v1\/\w+|healthz|readyz))\b/g)].map(([, path]) => path!));
		// Paths below an address are documented with it.
		const addresses = new Set(Object.keys(paths).map((path) => path.replace(/^(\/api\/v1\/\w+)\/.*$/, "$1")));
		expect([...named].sort()).toEqual([...addresses].sort());
	});
	it("names every parameter", async () => {
		const { paths } = await server.get<{ paths: Record<string, { get?: { parameters: { name: string }[] } }> }>("/openapi.json");
		const text = textOf("docs/api.md");
		for (const { get } of Object.values(paths))
			for (const { name } of get?.parameters ?? []) expect(text).toContain(`\`${name}\``);
	});
});

async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	const { port } = server.address() as { port: number };
	await new Promise((done) => server.close(done));
	return port;
}
