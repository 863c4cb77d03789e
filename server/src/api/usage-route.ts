import { UsageError } from "../errors.ts";
import type { Answers } from "../queries/answers.ts";
import { dimensionsOf } from "../semantic/capability.ts";
import { type Grain, grains, visibleMeasures } from "../semantic/compile-usage.ts";
import { dimensions } from "../semantic/dimension.ts";
import type { Filter } from "../semantic/filter.ts";
import { labelOf } from "../semantic/measure.ts";
import { measureOf } from "../semantic/measures/index.ts";
import { toCsv } from "./csv.ts";
import { conditionOf } from "./escaped.ts";
import { type ActionRoute, commaList, listOf, type Query, type QuestionRoute, textOf } from "./route.ts";
import { isoTime, periodOf } from "./time-parameter.ts";

const maxRows = 100_000;

export const usageRoute = (answers: Answers): QuestionRoute => ({
	method: "GET",
	path: "/api/v1/usage",
	summary: "Measures by dimensions over time",
	parameters: {
		measure: { description: "Measures, comma-separated", schema: { type: "string" }, required: true },
		by: {
			description:
				"Dimensions, comma-separated; label.KEY for any key of OTEL_RESOURCE_ATTRIBUTES, a comma in it after a backslash",
			schema: { type: "string" },
		},
		grain: { description: "Time grain", schema: { type: "string", enum: grains, default: "none" } },
		tz: { description: "IANA time zone in which days begin", schema: { type: "string", default: "UTC" } },
		from: { description: "ISO 8601 or relative (-24h, -7d, now)", schema: { type: "string", default: "-30d" } },
		to: { description: "Exclusive", schema: { type: "string", default: "now" } },
		where: {
			description:
				"dimension:value, or dimension!:value to exclude. The same dimension again: or; another: and. A colon in a label's name stands after a backslash",
			schema: { type: "array", items: { type: "string" } },
		},
		order: { description: "A measure, a dimension or time; with a minus from the largest down", schema: { type: "string" } },
		limit: {
			description: `Maximum rows, up to ${maxRows}`,
			schema: { type: "integer", minimum: 1, maximum: maxRows, default: 1000 },
		},
		format: { description: "json or csv", schema: { type: "string", enum: ["json", "csv"], default: "json" } },
		explain: {
			description: "sql: instead of rows, the SQL with its bound values, and the tables that each dataset is read from",
			schema: { type: "string", enum: ["sql"] },
		},
	},
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
	answer: async (query, nowMs) => {
		const measures = commaList(query, "measure");
		if (measures.length === 0)
			throw new UsageError(`"measure" is missing. Known: ${visibleMeasures.map(({ name }) => name).join(", ")}`);
		const by = commaList(query, "by");
		const grain = (textOf(query, "grain") ?? "none") as Grain;
		const tz = zoneOf(query);
		const { fromMs, toMs } = periodOf(query, "-30d", nowMs);
		const question = {
			measures,
			by,
			grain,
			tz,
			where: filtersOf(listOf(query, "where")),
			order: commaList(query, "order"),
			limit: Number(textOf(query, "limit") ?? 1000),
			fromMs,
			toMs,
		};
		if (textOf(query, "explain") === "sql") return { body: await answers.explainUsage(question) };
		const { rows, notes } = await answers.usage(question);
		const columns = [...(grain === "none" ? [] : ["time"]), ...by, ...measures];
		return {
			body: { rows, meta: { from: isoTime(fromMs), to: isoTime(toMs), grain, tz, units: unitsOf(measures), notes } },
			csv: () => toCsv(columns, rows),
		};
	},
});

export function zoneOf(query: Query): string {
	const tz = textOf(query, "tz") || "UTC";
	try {
		return new Intl.DateTimeFormat("en", { timeZone: tz }) && tz;
	} catch {
		throw new UsageError(`"tz" must be an IANA time zone, e.g. Europe/Berlin, not "${tz.slice(0, 40)}"`);
	}
}

/** `model:a`, `model:b`, `tool!:Bash`: the same dimension and direction together. */
export function filtersOf(where: readonly string[]): Filter[] {
	const filters = new Map<string, { dimension: string; values: string[]; exclude: boolean }>();
	for (const entry of where) {
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
const unitOf = (name: string): string => measureOf(name)!.unit.replace("{token}", "tokens");
/** Returns the units of measures, by name. */
export const unitsOf = (names: readonly string[]): Record<string, string> =>
	Object.fromEntries(names.map((name) => [name, unitOf(name)]));

/** Lists everything that can be asked, for people and for pages that build requests. */
export const catalogRoute: ActionRoute = {
	method: "GET",
	path: "/api/v1/catalog",
	summary: "The measures, with their units and dimensions, and the dimensions",
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
};
