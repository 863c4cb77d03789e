import { Type } from "typebox";
import { format, limit, period, text, where, zone } from "./parameters.ts";
import { instant, notes, nullable, type Of, oneOf, record } from "./schema.ts";

export const maxUsageRows = 100_000;

export const usageParameters = Type.Object({
	measure: Type.String({ description: "Measures, comma-separated; GET /api/v1/catalog lists them" }),
	by: text("Dimensions, comma-separated; label.KEY for any key of OTEL_RESOURCE_ATTRIBUTES, a comma in it after a backslash"),
	grain: Type.Optional(oneOf(["none", "minute", "hour", "day", "week", "month"], { description: "Time grain", default: "none" })),
	tz: zone(),
	...period("-30d"),
	where: where(
		"dimension:value, or dimension!:value to exclude. The same dimension again: or; another: and. A colon in a label's name stands after a backslash",
	),
	order: text("A measure, a dimension or time; with a minus from the largest down"),
	limit: limit(`Maximum rows, up to ${maxUsageRows}`, maxUsageRows, 1000),
	format,
	explain: Type.Optional(
		oneOf(["sql"], {
			description: "sql: instead of rows, the SQL with its bound values, and the tables that each dataset is read from",
		}),
	),
});
export type UsageParameters = Of<typeof usageParameters>;

const usageRow = record(nullable(Type.Union([Type.String(), Type.Number()])));
/** `time` if a grain was asked for, a text for each dimension, a number or null for each measure. */
export type UsageRow = Of<typeof usageRow>;

const usageAnswer = Type.Object({
	rows: Type.Array(usageRow),
	meta: Type.Object({
		from: instant(),
		to: instant(),
		grain: Type.String(),
		tz: Type.String(),
		units: record(Type.String()),
		notes,
	}),
});
/** The answer to a usage question. */
export type UsageAnswer = Of<typeof usageAnswer>;

const usageExplanation = Type.Object({
	sql: Type.String(),
	parameters: record(Type.Unknown({ description: "Bound values" })),
	datasets: Type.Array(Type.Object({ dataset: Type.String(), tables: Type.Array(Type.String()) })),
});
/** The SQL of a usage question, with the tables that its datasets are read from. */
export type UsageExplanation = Of<typeof usageExplanation>;

export const usageResponse = Type.Union([usageAnswer, usageExplanation]);
