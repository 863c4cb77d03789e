import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ServerProcess, startServerProcess } from "../../server/test/process.ts";
import { until } from "../../server/test/purser.ts";
import { post } from "../../server/test/send.ts";
import { noBrowser, openBrowser, openPage } from "./browser.ts";

/**
 * The recipes of CONTRIBUTING, followed in a copy of the sources: what each adds, one definition and one line, appears in API, OpenAPI,
 * command line and docs.
 */
const root = fileURLToPath(new URL("../..", import.meta.url));
mkdirSync(join(root, ".purser"), { recursive: true });
const copy = mkdtempSync(join(root, ".purser/recipes-"));
const main = join(copy, "server/src/main.ts");

/** Adds a file to the copy. */
const add = (path: string, content: string) => writeFileSync(join(copy, path), content);
/** Adds a line to a list in the copy, and an import where the list needs one. */
function addLine(path: string, list: RegExp, line: string, imported = ""): void {
	const before = readFileSync(join(copy, path), "utf8");
	const after = before.replace(list, (start) => `${start}\n\t${line}`);
	if (after === before) throw new Error(`there is no ${list} in ${path}`);
	writeFileSync(join(copy, path), imported === "" ? after : `${imported}\n${after}`);
}

function followRecipes(): void {
	addLine(
		"contract/src/claude-code/metrics.ts",
		/export const metrics: .* = Object\.freeze\(\[/,
		'defineMetric({ name: "claude_code.coffee.count", instrument: "counter", unit: "", brief: "Cups of coffee.", attributes: [] }),',
	);
	add(
		"server/src/semantic/measures/recipe.ts",
		`import { column, sql } from "../../sql.ts";
import { counter, type Measure } from "../measure.ts";

export const recipeMeasures: readonly Measure[] = [
	counter("coffees", "Cups of coffee.", "claude_code.coffee.count", ""),
	{
		name: "latest_sequence",
		brief: "The highest sequence number.",
		unit: "",
		source: "events",
		reads: ["user_prompt"],
		sql: sql\`max(\${column("event_sequence")})\`,
	},
];
`,
	);
	const measures = 'import { recipeMeasures } from "./recipe.ts";';
	addLine(
		"server/src/semantic/measures/index.ts",
		/export const measures: .* = Object\.freeze\(\[/,
		"...recipeMeasures,",
		measures,
	);
	addLine(
		"server/src/semantic/dimension.ts",
		/export const dimensions: .* = Object\.freeze\(\[/,
		'defineCommon("weekday", "The day of the week in UTC: 1 is Monday.", onAll(sql`toString(toDayOfWeek(time))`)),',
	);
	add(
		"server/src/queries/named/recipe.ts",
		`import { defineQuery } from "../../semantic/named-query.ts";
import { sql } from "../../sql.ts";

export const recipeQuery = defineQuery({
	name: "longest_prompts",
	question: "How long is the longest prompt?",
	columns: { longest: { type: "integer", nullable: true, brief: "Its length in characters." } },
	sql: ({ rows }) => sql\`SELECT toInt64(max(prompt_length)) AS longest FROM \${rows("events", ["user_prompt"])}\`,
});
`,
	);
	const query = 'import { recipeQuery } from "./recipe.ts";';
	addLine("server/src/queries/named/index.ts", /export const namedQueries: .* = Object\.freeze\(\[/, "recipeQuery,", query);
	addLine(
		"server/src/settings.ts",
		/export const settings = Object\.freeze\(\{/,
		'"tea-time": { type: "seconds", default: 240, brief: "Time for tea" },',
	);
	add(
		"server/src/cli/recipe.ts",
		`import type { CommandDefinition } from "./command.ts";
import { writeOutput } from "./terminal.ts";

export const recipe: CommandDefinition = Object.freeze<CommandDefinition>({
	name: "tea",
	brief: "Make tea",
	options: [{ flags: "--cups <number>", brief: "Cups of tea" }],
	run: async (_, { cups = "1" }) => writeOutput(\`\${cups} cups of tea\\n\`),
});
`,
	);
	const command = 'import { recipe } from "./recipe.ts";';
	addLine("server/src/cli/commands.ts", /export const commands: .* = Object\.freeze\(\[/, "recipe,", command);
	add(
		"server/src/api/recipe-route.ts",
		`import { Type } from "typebox";
import { action } from "./route.ts";

export const teaRoute = action({
	method: "GET",
	path: "/api/v1/tea",
	summary: "Tea",
	parameters: Type.Object({ cups: Type.Optional(Type.Integer({ description: "Cups of tea", maximum: 9 })) }),
	response: Type.Object({ cups: Type.Integer() }),
	handle: ({ cups = 1 }) => ({ cups }),
});
`,
	);
	addLine("server/src/api/routes.ts", /\n\treturn \[/, "\tteaRoute,", 'import { teaRoute } from "./recipe-route.ts";');
	mkdirSync(join(copy, "dashboard/src/tea"));
	add(
		"dashboard/src/tea/tea-page.tsx",
		`import { Header } from "../layout/header.tsx";
import { Headline } from "../ui/headline.tsx";

export const TeaPage = () => (
	<>
		<Header title="Tea" />
		<Headline>Two cups.</Headline>
	</>
);
`,
	);
	addLine(
		"dashboard/src/pages.ts",
		/export const pages: .* = \[/,
		'{ paths: ["/tea"], title: "Tea", icon: IconScale, component: lazyPage("Tea", async () => (await import("./tea/tea-page.tsx")).TeaPage) },',
	);
	const vite = join(root, "node_modules/vite/bin/vite.js");
	execFileSync(process.execPath, [vite, "build", "--logLevel", "error"], { cwd: join(copy, "dashboard") });
}

let server: ServerProcess;
beforeAll(async () => {
	const dashboard = ["src", "public", "index.html", "vite.config.ts", "package.json"].map((path) => `dashboard/${path}`);
	const sources = ["server/src", "server/package.json", "server/scripts"];
	for (const path of ["contract/src", "contract/package.json", ...sources, ...dashboard])
		cpSync(join(root, path), join(copy, path), { recursive: true });
	mkdirSync(join(copy, "node_modules/@purser"), { recursive: true });
	mkdirSync(join(copy, "docs"));
	symlinkSync(join(copy, "contract"), join(copy, "node_modules/@purser/contract"));
	followRecipes();
	server = await startServerProcess(join(copy, "data"), [], main);
	await until(server.isReady, "ready", 60_000);
	const now = `${Date.now()}000000`;
	const prompt = {
		timeUnixNano: now,
		attributes: [
			{ key: "event.name", value: { stringValue: "user_prompt" } },
			{ key: "event.sequence", value: { intValue: "41" } },
			{ key: "prompt_length", value: { intValue: "12" } },
		],
	};
	const cups = {
		dataPoints: [{ startTimeUnixNano: now, timeUnixNano: now, asDouble: 3 }],
		aggregationTemporality: 1,
		isMonotonic: true,
	};
	const metric = { name: "claude_code.coffee.count", sum: cups };
	const send = (path: string, body: unknown) =>
		post(`http://${server.http}${path}`, { "content-type": "application/json" }, Buffer.from(JSON.stringify(body)));
	await send("/v1/logs", { resourceLogs: [{ scopeLogs: [{ logRecords: [prompt] }] }] });
	await send("/v1/metrics", { resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] });
	await server.settled();
}, 60_000);
afterAll(async () => {
	await server?.kill("SIGTERM");
	rmSync(copy, { recursive: true, force: true });
});

const purser = (...args: readonly string[]) =>
	spawnSync(process.execPath, [main, ...args], { encoding: "utf8", env: { PATH: process.env["PATH"], HOME: copy } });

describe("what a recipe adds appears everywhere", () => {
	test("a metric and a measure of it", async () => {
		const { measures } = await server.get<{ measures: { name: string }[] }>("/api/v1/catalog");
		expect(measures.map(({ name }) => name)).toEqual(expect.arrayContaining(["coffees", "latest_sequence"]));
		expect((await server.get<{ rows: unknown[] }>("/api/v1/usage?measure=coffees")).rows).toEqual([{ coffees: 3 }]);
	});

	test("a measure of a column that no rollup has, which is answered from records", async () => {
		const { rows } = await server.get<{ rows: unknown[] }>("/api/v1/usage?measure=latest_sequence&by=event");
		expect(rows).toEqual([{ event: "user_prompt", latest_sequence: 41 }]);
		const { datasets } = await server.get<{ datasets: unknown[] }>("/api/v1/usage?measure=latest_sequence&explain=sql");
		expect(datasets).toEqual([{ dataset: "events", tables: ["events"] }]);
	});

	test("a dimension of all records", async () => {
		const weekday = String(new Date().getUTCDay() || 7);
		const usage = purser(
			"usage",
			"latest_sequence",
			"coffees",
			"--by",
			"weekday",
			"--format",
			"json",
			"--server",
			`http://${server.web}`,
		);
		expect(JSON.parse(usage.stdout).rows).toEqual([{ weekday, latest_sequence: 41, coffees: 3 }]);
	});

	test("a named query", async () => {
		expect((await server.get<{ rows: unknown[] }>("/api/v1/queries/longest_prompts")).rows).toEqual([{ longest: 12 }]);
		expect(purser("query", "--server", `http://${server.web}`).stdout).toContain("How long is the longest prompt?");
	});

	test("a setting, a command and a route", async () => {
		expect(purser("serve", "--print-config", "--tea-time", "5").stdout).toContain("tea-time: 5");
		expect(purser("serve", "--help").stdout).toContain("Time for tea");
		expect(purser("tea", "--cups", "2").stdout).toBe("2 cups of tea\n");
		expect(await server.get("/api/v1/tea?cups=3")).toEqual({ cups: 3 });
		expect((await fetch(`http://${server.web}/api/v1/tea?cups=10`)).status).toBe(400);
		const { paths } = await server.get<{ paths: object }>("/openapi.json");
		expect(Object.keys(paths)).toEqual(expect.arrayContaining(["/api/v1/tea", "/api/v1/queries/longest_prompts"]));
	});

	test.skipIf(noBrowser)("a page: its address, the menu and the command palette", async () => {
		const browser = await openBrowser();
		const { page } = await openPage(browser, server.web, "/tea");
		await page.getByRole("heading", { name: "Tea" }).waitFor();
		expect(await page.getByTestId("headline").textContent()).toBe("Two cups.");
		expect(await page.getByRole("navigation").getByRole("link", { name: "Tea" }).getAttribute("aria-current")).toBe("page");
		await page.keyboard.press("Control+k");
		await page.getByRole("option", { name: "Go to Tea" }).waitFor();
		await browser.close();
	});

	test("the docs", () => {
		execFileSync(process.execPath, [join(copy, "server/scripts/document.ts")]);
		const page = (name: string) => readFileSync(join(copy, "docs", name), "utf8");
		expect(page("configuration.md")).toContain("`--tea-time`");
		expect(page("cli.md")).toContain("purser tea");
		expect(page("queries.md")).toContain("longest_prompts");
	});
});
