import { catalogResponse, type MeasureUnit, usageParameters, usageResponse } from "@purser/api";
import { UsageError } from "../errors.ts";
import type { Answers } from "../queries/answers.ts";
import { dimensionsOf } from "../semantic/capability.ts";
import { visibleMeasures } from "../semantic/compile-usage.ts";
import { dimensions } from "../semantic/dimension.ts";
import type { Filter } from "../semantic/filter.ts";
import { labelOf } from "../semantic/measure.ts";
import { measureOf } from "../semantic/measures/index.ts";
import { toCsv } from "./csv.ts";
import { conditionOf, itemsOf } from "./escaped.ts";
import { type ActionRoute, action, type QuestionRoute, question } from "./route.ts";
import { isoTime, periodOf } from "./time-parameter.ts";

export const usageRoute = (answers: Answers): QuestionRoute =>
	question({
		path: "/api/v1/usage",
		summary: "Measures by dimensions over time",
		parameters: usageParameters,
		response: usageResponse,
		example: {
			rows: [{ time: "2026-11-20T00:00:00.000Z", model: "claude-opus-5-5", cost_usd: 1.25 }],
			meta: {
				from: "2026-11-01T00:00:00.000Z",
				to: "2026-12-01T00:00:00.000Z",
				grain: "day",
				tz: "UTC",
				units: { cost_usd: "USD" },
				notes: [],
			},
		},
		answer: async ({ grain = "none", where, order, limit = 1000, explain, ...query }, nowMs) => {
			const measures = itemsOf(query.measure);
			if (measures.length === 0)
				throw new UsageError(`"measure" is missing. Known: ${visibleMeasures.map(({ name }) => name).join(", ")}`);
			const by = itemsOf(query.by ?? "");
			const tz = checkedZone(query.tz);
			const { fromMs, toMs } = periodOf(query, "-30d", nowMs);
			const asked = { measures, by, grain, tz, where: filtersOf(where), order: itemsOf(order ?? ""), limit, fromMs, toMs };
			if (explain === "sql") return { body: await answers.explainUsage(asked) };
			const { rows, notes } = await answers.usage(asked);
			const columns = [...(grain === "none" ? [] : ["time"]), ...by, ...measures];
			return {
				body: { rows, meta: { from: isoTime(fromMs), to: isoTime(toMs), grain, tz, units: unitsOf(measures), notes } },
				csv: () => toCsv(columns, rows),
			};
		},
	});

/** Returns the time zone of a question, UTC by default. Throws UsageError for what is none. */
export function checkedZone(zone: string | undefined): string {
	const tz = zone || "UTC";
	try {
		return new Intl.DateTimeFormat("en", { timeZone: tz }) && tz;
	} catch {
		throw new UsageError(`"tz" must be an IANA time zone, e.g. Europe/Berlin, not "${tz.slice(0, 40)}"`);
	}
}

/** `model:a`, `model:b`, `tool!:Bash`: the same dimension and direction together. */
export function filtersOf(where: readonly string[] = []): Filter[] {
	const filters = new Map<string, { dimension: string; values: string[]; exclude: boolean }>();
	for (const entry of where) {
		if (entry === "") continue;
		const condition = conditionOf(entry);
		if (!condition) throw new UsageError(`"where" must be dimension:value or dimension!:value, not "${entry.slice(0, 80)}"`);
		const { name: dimension, exclude, value } = condition;
		const key = `${exclude ? "not" : "is"} ${dimension}`;
		const filter = filters.get(key) ?? { dimension, values: [], exclude };
		filter.values.push(value);
		filters.set(key, filter);
	}
	return [...filters.values()];
}

/** Returns a measure's unit as the API names it. */
function unitOf(name: string): MeasureUnit {
	const { unit } = measureOf(name)!;
	return unit === "{token}" ? "tokens" : unit;
}

/** Returns the units of measures, by name. */
export const unitsOf = (names: readonly string[]): Record<string, string> =>
	Object.fromEntries(names.map((name) => [name, unitOf(name)]));

/** Lists everything that can be asked, for people and for pages that build requests. */
export const catalogRoute: ActionRoute = action({
	method: "GET",
	path: "/api/v1/catalog",
	summary: "The measures, with their units and dimensions, and the dimensions",
	response: catalogResponse,
	handle: () => ({
		measures: visibleMeasures.map((measure) => ({
			name: measure.name,
			label: labelOf(measure),
			unit: unitOf(measure.name),
			brief: measure.brief,
			...(measure.better && { better: measure.better }),
			dimensions: dimensionsOf(measure),
		})),
		dimensions: [
			...dimensions.map(({ name, brief, isCommon = false }) => ({ name, brief, is_common: isCommon })),
			{ name: "label.KEY", brief: "Any key of OTEL_RESOURCE_ATTRIBUTES.", is_common: true },
		],
	}),
});
