import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { namedQueries } from "../src/queries/named/index.ts";
import { dimensionsOf } from "../src/semantic/capability.ts";
import { visibleMeasures } from "../src/semantic/compile-usage.ts";
import { dimensions } from "../src/semantic/dimension.ts";
import type { Measure } from "../src/semantic/measure.ts";
import { rolledUp, startPurser, type TestPurser, until } from "./purser.ts";
import { readRecordings } from "./recordings.ts";
import { replay } from "./send.ts";

/**
 * All that can be asked, asked twice of the same records: once as long as they are read themselves, and once from rollups. What
 * was sent to one folder is left for later, so that some hours come late.
 */
const recordings = readRecordings();
let server: TestPurser;

type Answer = { rows: Record<string, number | string | null>[] };
const period = "from=2025-01-01&limit=100000";
const asked = new Map<string, Answer["rows"]>();
const usage = (measures: readonly Measure[], more = "") =>
	`/api/v1/usage?${period}&measure=${measures.map(({ name }) => name).join(",")}${more}`;

const names = [...dimensions.map(({ name }) => name), "label.team.id", "label.none"];
const having = (dimension: string) =>
	visibleMeasures.filter((measure) => dimensionsOf(measure).includes(dimension.startsWith("label.") ? "label.KEY" : dimension));
const grains = ["hour", "day&tz=Asia/Kathmandu", "day&tz=America/St_Johns", "week&tz=Europe/Berlin", "month"];
/** Within an hour, and from the middle of one to the middle of another. */
const periods = ["from=2026-11-20T09:10:00Z&to=2026-11-20T09:50:00Z", "from=2026-11-18T07:31:12.5Z&to=2026-11-20T10:12:33.25Z"];

const questions = [
	...names.map((name) => usage(having(name), `&by=${name}`)),
	...names.map((name) => usage(having(name), `&by=${name}&grain=day&tz=Asia/Kolkata`)),
	...grains.map((grain) => usage(visibleMeasures, `&grain=${grain}`)),
	...periods.map((some) => usage(visibleMeasures).replace("from=2025-01-01", some)),
	usage(having("model"), "&by=person&where=model:claude-opus-5-5&where=version!:1.0.60"),
	...namedQueries.map(({ name }) => `/api/v1/queries/${name}?from=2026-10-20&limit=1000`),
	"/api/v1/reconciliation?from=2026-10-01&limit=1000",
];

/** Prices are found and people are joined soon after records are stored: waits until that changes no answer any more. */
async function stands(): Promise<void> {
	let before = "";
	await until(
		async () => {
			const { rows } = await server.get<Answer>(`/api/v1/usage?${period}&measure=unpriced_requests&by=person`);
			const now = JSON.stringify(rows);
			const isSame = now === before;
			before = now;
			if (!isSame) await sleep(4000);
			return isSame && rows.every((row) => !row["unpriced_requests"]);
		},
		"all known",
		60_000,
	);
}

async function askAll(): Promise<void> {
	for (const question of questions) asked.set(question, (await server.get<Answer>(question)).rows);
}

beforeAll(async () => {
	const last = recordings.at(-1)!.folder;
	server = await startPurser({ "rollup-delay-seconds": 3600 });
	await replay(recordings, server);
	await server.settle();
	await stands();
	await askAll();
	await server.stop();
	server = await startPurser({ "rollup-delay-seconds": 0 });
	await replay(
		recordings.filter(({ folder }) => folder !== last),
		server,
	);
	await server.settle();
	await rolledUp(server);
	await replay(
		recordings.filter(({ folder }) => folder === last),
		server,
	);
	await server.settle();
	await rolledUp(server);
	await stands();
}, 180_000);
afterAll(() => server.stop());

/** Doubles that were added up in another order differ in their last digits. */
const rounded = (rows: Answer["rows"]) =>
	rows
		.map((row) =>
			JSON.stringify(row, (_, value) => (typeof value === "number" && !Number.isInteger(value) ? value.toPrecision(9) : value)),
		)
		.sort();

test.each(questions)("the same from rollups as from records: %s", async (question) => {
	const { rows } = await server.get<Answer>(question);
	expect(rounded(rows)).toEqual(rounded(asked.get(question)!));
});

/** The way in which parts make the whole. */
function together(measure: Measure): "sum" | "distinct" | "between" {
	if (["sessions", "active_users"].includes(measure.name)) return "distinct";
	if (/_(ratio|ms)$|^cost_per_/.test(measure.name)) return "between";
	return "sum";
}

describe("parts make the whole, of every measure by every dimension that it has", () => {
	test.each(names)("by %s", async (name) => {
		const measures = having(name);
		const parts = (await server.get<Answer>(usage(measures, `&by=${name}`))).rows;
		const [whole] = (await server.get<Answer>(usage(measures))).rows;
		for (const measure of measures) {
			const values = parts.flatMap((row) => (row[measure.name] === null ? [] : [Number(row[measure.name])]));
			const total = whole![measure.name];
			const sum = values.reduce((all, value) => all + value, 0);
			const what = `${measure.name} by ${name}`;
			if (total === null) {
				expect(values, what).toEqual([]);
				continue;
			}
			switch (together(measure)) {
				case "sum":
					expect(sum, what).toBeCloseTo(Number(total), 6);
					break;
				case "distinct":
					expect(sum, what).toBeGreaterThanOrEqual(Number(total));
					expect(Math.max(...values), what).toBeLessThanOrEqual(Number(total));
					break;
				case "between":
					// Of nothing, a part has no ratio; so a part that has costs and no people may make the whole larger than any.
					if (measure.name.startsWith("cost_per_")) break;
					expect(Math.min(...values), what).toBeLessThanOrEqual(Number(total) + 1e-9);
					expect(Math.max(...values), what).toBeGreaterThanOrEqual(Number(total) - 1e-9);
			}
		}
	});
});
