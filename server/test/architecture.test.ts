import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A module imports itself, the modules before it, the foundation (the files next to the folders), the contract and the API's schemas. */
const modules = [
	"schema",
	"otlp",
	"state",
	"access",
	"receive",
	"normalize",
	"journal",
	"engine",
	"store",
	"people",
	"prices",
	"semantic",
	"rollups",
	"queries",
	"outcomes",
	"budgets",
	"findings",
	"notify",
	"alerts",
	"reports",
	"delivery",
	"rollout",
	"api",
	"cli",
	"assembly",
];

type Imports = { readonly file: string; readonly imports: readonly string[] };

/** All sources of a folder, tests left out, with what they import; types are imports like others. */
function readSources(folder: string): Imports[] {
	if (!existsSync(join(root, folder))) return [];
	return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
		.filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$|\.d\.ts$/.test(path))
		.map((path) => {
			const file = join(folder, path);
			return { file, imports: importsOf(file, readFileSync(join(root, file), "utf8")) };
		});
}

function importsOf(file: string, source: string): string[] {
	const code = source.replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
	const named = [...code.matchAll(/(?<!["'])\b(?:from|import)\s*\(?\s*["']([^"'\n]+)["']/g)].map((match) => match[1]!);
	return named.map((name) => (name.startsWith(".") ? found(join(dirname(file), name)) : name));
}

/** The dashboard's bundler finds files without their ending. */
function found(path: string): string {
	const candidates = [path, `${path}.ts`, `${path}.tsx`, join(path, "index.ts")];
	return candidates.find((each) => /\.\w+$/.test(each) && existsSync(join(root, each))) ?? path;
}

/** `server/src/otlp/wire.ts` is in `otlp`; `server/src/errors.ts` a foundation file, whose module is `""`. */
const moduleOf = (file: string): string => {
	const path = relative("server/src", file);
	return path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
};

function breachOf(file: string, imported: string): string | undefined {
	const isSource = imported.startsWith("server/src/");
	if (!isSource) {
		const isOurs = imported.startsWith("@purser/") || /^(api|contract|client|dashboard|bench|server)\//.test(imported);
		return isOurs && !/^@purser\/(contract|api)\b/.test(imported)
			? "the server depends on the contract and the API's schemas only"
			: undefined;
	}
	if (imported === "server/src/main.ts") return "nothing imports main.ts";
	if (file === "server/src/main.ts") return undefined;
	const [from, to] = [moduleOf(file), moduleOf(imported)];
	if (to === "" || from === to) return undefined;
	if (from === "") return "the foundation imports no module";
	return modules.indexOf(to) < modules.indexOf(from) ? undefined : "that is uphill";
}

test("no module imports one that comes after it", () => {
	const breaches = readSources("server/src").flatMap(({ file, imports }) =>
		imports.flatMap((imported) => {
			const breach = breachOf(file, imported);
			return breach ? [`${file} imports ${imported}: ${breach}`] : [];
		}),
	);
	expect(breaches).toEqual([]);
});

test("every folder of the server is a module of the list", () => {
	const folders = new Set(readSources("server/src").map(({ file }) => moduleOf(file)));
	expect([...folders].filter((name) => name !== "" && !modules.includes(name))).toEqual([]);
});

test("the contract imports nothing but itself", () => {
	const outside = readSources("contract/src").flatMap(({ file, imports }) =>
		imports.filter((imported) => !imported.startsWith("contract/src/")).map((imported) => `${file} imports ${imported}`),
	);
	expect(outside).toEqual([]);
});

test.each([
	["client/src", /^(client\/src\/|@purser\/contract$|@opentelemetry\/|node:)/],
	["demo/src", /^(demo\/src\/|@purser\/client$|node:)/],
	["api/src", /^(api\/src\/|typebox$)/],
	[
		"dashboard/src",
		/^(dashboard\/src\/|@purser\/api(\/event-summary)?$|@(mantine|tabler|tanstack)\/|echarts|react|wouter|.*\.css$)/,
	],
])("%s imports nothing else of ours", (folder, allowed) => {
	const sources = readSources(folder);
	expect(sources.length).toBeGreaterThan(10);
	const outside = sources.flatMap(({ file, imports }) =>
		imports.filter((imported) => !allowed.test(imported)).map((imported) => `${file} imports ${imported}`),
	);
	expect(outside).toEqual([]);
});

test.each(["api/src", "contract/src", "client/src", "server", "dashboard/src", "demo/src"])(
	"no files of %s import one another in a cycle",
	(folder) => {
		const sources = new Map(readSources(folder).map(({ file, imports }) => [file, imports]));
		expect(sources.size).toBeGreaterThan(10);
		expect(findCycle(sources)).toEqual([]);
	},
);

/** The first cycle found, as the files along it. */
function findCycle(sources: ReadonlyMap<string, readonly string[]>): string[] {
	const done = new Set<string>();
	const walk = (file: string, way: readonly string[]): string[] => {
		if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
		if (done.has(file)) return [];
		for (const next of sources.get(file) ?? []) {
			const cycle = sources.has(next) ? walk(next, [...way, file]) : [];
			if (cycle.length > 0) return cycle;
		}
		done.add(file);
		return [];
	};
	for (const file of sources.keys()) {
		const cycle = walk(file, []);
		if (cycle.length > 0) return cycle;
	}
	return [];
}

test("a file is named for the one thing in it", () => {
	const vague = /^(utils?|helpers?|common|misc|types)$/;
	const files = ["api", "contract", "client", "server", "dashboard/src", "demo", "bench"]
		.flatMap(readSources)
		.map(({ file }) => file);
	const kept = files.filter((file) => !file.includes("node_modules"));
	expect(kept.filter((file) => file.split("/").some((part) => vague.test(basename(part).replace(/\..*$/, ""))))).toEqual([]);
	expect(kept.filter((file) => !/^[a-z0-9.-]+$/.test(basename(file)))).toEqual([]);
});

test("these tests see what they forbid", () => {
	const wire = "server/src/otlp/wire.ts";
	expect(
		importsOf(wire, 'import type { A } from "../receive/body.ts";\nexport * from "../errors.ts";\nawait import("./signals.ts");'),
	).toEqual(["server/src/receive/body.ts", "server/src/errors.ts", "server/src/otlp/signals.ts"]);
	expect(breachOf(wire, "server/src/receive/body.ts")).toBe("that is uphill");
	expect(breachOf("server/src/errors.ts", wire)).toBe("the foundation imports no module");
	expect(breachOf("server/src/cli/program.ts", "server/src/main.ts")).toBe("nothing imports main.ts");
	expect(breachOf(wire, "@purser/dashboard")).toBe("the server depends on the contract and the API's schemas only");
	expect(breachOf("server/src/api/web.ts", wire)).toBeUndefined();
	const cycle = new Map([
		["a", ["b"]],
		["b", ["c"]],
		["c", ["b"]],
	]);
	expect(findCycle(cycle)).toEqual(["b", "c", "b"]);
});
