import { priceIds, priceRates, type rateColumns } from "../store/prices-table.ts";

/** The price in force for the model and at the time of a row of `events`: 0 when nobody knows one. */
const id = `dictGet('${priceIds}', 'id', (toString(anthropic_provider), toString(model), if(speed = 'fast', 'fast', 'normal')), toDateTime(time, 'UTC'))`;

type RateColumn = (typeof rateColumns)[number];
/** A rate in force for a row of `events`, in USD per million tokens: 0 when nobody knows a price. */
export const rate = (name: RateColumn | `above_${RateColumn}` | "above_input_tokens") =>
	`dictGet('${priceRates}', '${name}', ${id})`;

/** Tokens written to the cache for five minutes: all that were not for an hour, as older versions do not tell them apart. */
const for5m = "greatest(cache_creation_tokens - cache_creation_1h_tokens, cache_creation_5m_tokens)";

const tokens: Readonly<Record<RateColumn, string>> = {
	input: "input_tokens",
	output: "output_tokens",
	cache_read: "cache_read_tokens",
	cache_write_5m: for5m,
	cache_write_1h: "cache_creation_1h_tokens",
};
const usdMillionths = (prefix: "" | "above_") =>
	(Object.entries(tokens) as [RateColumn, string][]).map(([name, count]) => `${rate(`${prefix}${name}`)} * ${count}`).join(" + ");

const input = `(input_tokens + cache_read_tokens + ${for5m} + cache_creation_1h_tokens)`;
const isAbove = `(${rate("above_input_tokens")} > 0 AND ${input} > ${rate("above_input_tokens")})`;

// `NOT id`, not `id = 0`: the optimizer makes a subquery of a comparison with a dictionary's value, at twice the cost.
/** Whether a row of `events` (an `api_request`) is of a model without a price at its time. UInt8. */
export const isUnpriced = `(NOT ${id})`;

/**
 * What a row of `events` (an `api_request`) costs at the prices in force at its time, in billionths of a dollar:
 * Nullable(Int64), null when the model has no price then. Never zero for want of one.
 */
export const recomputedNanoUsd = `if(${isUnpriced}, NULL, toInt64(round(1000 * if(${isAbove}, ${usdMillionths("above_")}, ${usdMillionths("")}))))`;
