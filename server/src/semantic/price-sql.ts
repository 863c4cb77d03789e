import { priceIds, priceRates, type rateColumns } from "../prices/price-rows.ts";
import { maxCostUsd } from "../schema/bounds.ts";
import { column, columns, join, literal, type Sql, sql } from "../sql.ts";

/** The price in force for the model and at the time of a row of `events`: 0 where none is known. */
const { anthropic_provider, model, speed, cache_creation_tokens, cache_creation_1h_tokens, cache_creation_5m_tokens } = columns(
	"anthropic_provider",
	"model",
	"speed",
	"cache_creation_tokens",
	"cache_creation_1h_tokens",
	"cache_creation_5m_tokens",
);
const id = sql`dictGet(${literal(priceIds)}, 'id', (toString(${anthropic_provider}), toString(${model}), if(${speed} = 'fast', 'fast', 'normal')), toDateTime(time, 'UTC'))`;

type RateColumn = (typeof rateColumns)[number];
/** A rate in force for a row of `events`, in USD per million tokens: 0 where no price is known. */
export const rate = (name: RateColumn | `above_${RateColumn}` | "above_input_tokens"): Sql =>
	sql`dictGet(${literal(priceRates)}, ${literal(name)}, ${id})`;

/** Tokens written to the cache for five minutes: all that were not for an hour, as older versions do not distinguish them. */
const for5m = sql`greatest(${cache_creation_tokens} - ${cache_creation_1h_tokens}, ${cache_creation_5m_tokens})`;

const tokens: Readonly<Record<RateColumn, Sql>> = {
	input: column("input_tokens"),
	output: column("output_tokens"),
	cache_read: column("cache_read_tokens"),
	cache_write_5m: for5m,
	cache_write_1h: cache_creation_1h_tokens,
};
const usdMillionths = (prefix: "" | "above_"): Sql =>
	join(
		(Object.entries(tokens) as [RateColumn, Sql][]).map(([name, count]) => sql`${rate(`${prefix}${name}`)} * ${count}`),
		" + ",
	);

const input = sql`(${tokens.input} + ${tokens.cache_read} + ${for5m} + ${cache_creation_1h_tokens})`;
const isAbove = sql`(${rate("above_input_tokens")} > 0 AND ${input} > ${rate("above_input_tokens")})`;

// `NOT id`, not `id = 0`: the optimizer makes a subquery of a comparison with a dictionary's value, at twice the cost.
/** SQL on a row of `events` (an `api_request`): 1 if its model has no price at its time. UInt8. */
export const isUnpriced = sql`(NOT ${id})`;

/** The maximum cost of a request, in billionths of a dollar: a price file may have any number. */
const maxNanoUsd = maxCostUsd * 1e9;
const computedNanoUsd = sql`1000 * if(${isAbove}, ${usdMillionths("above_")}, ${usdMillionths("")})`;

/**
 * The cost of a row of `events` (an `api_request`) at the prices in force at its time, in billionths of a dollar:
 * Nullable(Int64), null when the model has no price then. A missing price is never zero.
 */
export const recomputedNanoUsd = sql`if(${isUnpriced}, NULL, toInt64(round(greatest(0, least(${computedNanoUsd}, toFloat64(${maxNanoUsd}))))))`;
