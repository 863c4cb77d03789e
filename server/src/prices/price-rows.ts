import { identifier, identifiers, join, literal, type Sql, sql, typeName } from "../sql.ts";
import type { PricePeriod, Rates, SentModel } from "./price.ts";

/** Dictionaries over the table: which price a model had at a time, and what a price's rates are. Both are asked by `id`. */
export const priceIds = "price_ids";
export const priceRates = "price_rates";

/** In both, and in `price_rates`, in USD per million tokens. `above_` is for requests with more than `above_input_tokens`. */
export const rateColumns = ["input", "output", "cache_read", "cache_write_5m", "cache_write_1h"] as const;
const allRates = [...rateColumns, ...rateColumns.map((name) => `above_${name}` as const)];

/** `id` is made of what it stands for, so that dictionaries loaded one after the other never mix up two prices. */
const priceColumns: readonly (readonly [name: string, type: string, brief: string])[] = [
	["provider", "String", "Who served, as sent in anthropic.provider."],
	["model", "String", "The model as it was sent."],
	["speed", "String", "normal or fast."],
	["valid_from", "DateTime('UTC')", "The first second at which this price counts."],
	["valid_to", "DateTime('UTC')", "The last second at which it does."],
	["priced", "Bool", "Whether there is a price: an unpriced model is not a free one."],
	["origin", "String", "list or file."],
	[
		"above_input_tokens",
		"UInt64",
		"A request with more input than this, cache included, costs the above_ prices; 0 when none does.",
	],
	...allRates.map((name) => [name, "Float64", "USD per million tokens."] as const),
	["filled_at", "DateTime64(3, 'UTC')", "When the row was made."],
];
const idSql = sql`if(priced, cityHash64(above_input_tokens, ${identifiers(allRates)}), 0)`;

export const createTable = sql`CREATE TABLE IF NOT EXISTS prices (
  ${join(priceColumns.map(([name, type, brief]) => sql`${identifier(name)} ${typeName(type)} COMMENT ${literal(brief)}`))},
  id UInt64 MATERIALIZED ${idSql} COMMENT 'Stands for the price; 0 for none.'
)
ENGINE = MergeTree
ORDER BY (provider, model, speed, valid_from)`;

export const dictionaries = (source: Sql): Sql[] => [
	sql`CREATE OR REPLACE DICTIONARY ${identifier(priceRates)} (id UInt64, above_input_tokens UInt64 DEFAULT 0, ${join(allRates.map((name) => sql`${identifier(name)} Float64 DEFAULT 0`))})
PRIMARY KEY id ${source} LAYOUT(HASHED()) LIFETIME(0)`,
	sql`CREATE OR REPLACE DICTIONARY ${identifier(priceIds)} (provider String, model String, speed String, valid_from DateTime('UTC'), valid_to DateTime('UTC'), id UInt64 DEFAULT 0)
PRIMARY KEY provider, model, speed ${source} LAYOUT(COMPLEX_KEY_RANGE_HASHED()) RANGE(MIN valid_from MAX valid_to) LIFETIME(0)`,
];

export type Value = string | number | boolean;

export const columnsWithoutTime = priceColumns.map(([name]) => name).filter((name) => name !== "filled_at");
export const structure = priceColumns
	.filter(([name]) => name !== "filled_at")
	.map(([name, type]) => `${name} ${type.startsWith("DateTime") ? "UInt32" : type}`)
	.join(", ");

export const canonical = (row: readonly Value[]): string =>
	JSON.stringify(row.map((value) => (value === 0 || value === "0" ? 0 : value)));

const lastSecond = 4_294_967_295;
const noRates: Rates = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
const listOf = (rates: Rates): number[] => [rates.input, rates.output, rates.cacheRead, rates.cacheWrite5m, rates.cacheWrite1h];

/** A model's periods as rows, in the order of the columns; one that has none has a row that says so. */
export function rowsOf({ provider, model, speed }: SentModel, periods: readonly PricePeriod[]): Value[][] {
	const rows = periods.flatMap(({ fromMs, toMs, price: { rates, above }, origin }) => {
		const [from, to] = [secondOf(fromMs), toMs >= lastSecond * 1000 ? lastSecond : secondOf(toMs) - 1];
		const amounts = [above?.inputTokens ?? 0, ...listOf(rates), ...listOf(above?.rates ?? noRates)];
		return to < from || toMs <= 0 ? [] : [[provider, model, speed, from, to, true, origin, ...amounts]];
	});
	const unpriced = [provider, model, speed, 0, lastSecond, false, "", 0, ...listOf(noRates), ...listOf(noRates)];
	return rows.length > 0 ? rows : [unpriced];
}

const secondOf = (ms: number): number => Math.min(lastSecond, Math.max(0, Math.ceil(ms / 1000)));
