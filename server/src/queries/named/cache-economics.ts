import { usualCachePrices } from "../../prices/price.ts";
import { defineQuery, dimensionExpression } from "../../semantic/named-query.ts";
import { rate } from "../../semantic/price-sql.ts";
import { ratio } from "../../semantic/sql-fragments.ts";
import { sql } from "../../sql.ts";

/** Prices of a token as multiples of one of uncached input: read from the cache, written for 5 minutes, written for an hour. */
const { cacheRead, cacheWrite5m, cacheWrite1h } = usualCachePrices;

/** Requests of the main conversation follow each other; a subagent's begin with another context. Equal times are ordered by amount, so that answers repeat. */
const inOrder = sql`(PARTITION BY session_id, model_name, is_main ORDER BY time, event_sequence, hit, written ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING)`;

export const cacheEconomics = defineQuery({
	name: "cache_economics",
	question: "What does the prompt cache save, and what do writing and rebuilding it cost?",
	notes: [
		`Equivalents are tokens of uncached input that would cost the same: a token read from the cache is ${cacheRead}, one written for 5 minutes ${cacheWrite5m}, for an hour ${cacheWrite1h}. Writes of clients that do not report for how long are counted as 5 minutes.`,
		"A rebuild is a request of a main conversation that read less than half of what the one before it had in the cache, and wrote at least as much as it read. Requests that only counters report are not included.",
	],
	dimensions: ["model", "query_source", "effort", "speed", "agent_name", "skill", "plugin", "mcp_server"],
	columns: {
		model: { type: "text", brief: "The model." },
		api_requests: { type: "integer", brief: "Successful API requests." },
		input_tokens: { type: "integer", unit: "{token}", brief: "Input that was neither read from nor written to the cache." },
		cache_read_tokens: { type: "integer", unit: "{token}", brief: "Input read from the cache." },
		cache_write_5m_tokens: { type: "integer", unit: "{token}", brief: "Input written to it for 5 minutes." },
		cache_write_1h_tokens: { type: "integer", unit: "{token}", brief: "Input written to it for an hour." },
		hit_ratio: { type: "number", nullable: true, unit: "1", brief: "Of all input, the share read from the cache." },
		read_saved_equivalents: { type: "number", unit: "{token}", brief: "What reading saved against uncached input." },
		write_extra_equivalents: { type: "number", unit: "{token}", brief: "What writing cost beyond uncached input." },
		net_saved_equivalents: {
			type: "number",
			unit: "{token}",
			brief: "What the cache saved in all; less than nothing where it cost more.",
		},
		saved_ratio: { type: "number", nullable: true, unit: "1", brief: "That, of what all input would cost without a cache." },
		net_saved_usd: {
			type: "number",
			nullable: true,
			unit: "USD",
			brief: "What it saved in all at the prices of the day; null where the model has none.",
		},
		rebuilds: { type: "integer", brief: "Requests that had to write again what the cache had lost." },
		rebuilt_tokens: { type: "integer", unit: "{token}", brief: "Tokens written again by them." },
		rebuild_equivalents: { type: "number", unit: "{token}", brief: "What that cost beyond reading them." },
	},
	sql: ({
		rows,
	}) => sql`SELECT model_name AS model, count() AS api_requests, toInt64(sum(fresh)) AS input_tokens, toInt64(sum(hit)) AS cache_read_tokens,
  toInt64(sum(short)) AS cache_write_5m_tokens, toInt64(sum(long)) AS cache_write_1h_tokens,
  ${ratio(sql`sum(hit)`, sql`sum(fresh + hit + written)`)} AS hit_ratio,
  round(sum(hit) * ${1 - cacheRead}, 2) AS read_saved_equivalents,
  round(sum(short) * ${cacheWrite5m - 1} + sum(long) * ${cacheWrite1h - 1}, 2) AS write_extra_equivalents,
  round(sum(hit) * ${1 - cacheRead} - sum(short) * ${cacheWrite5m - 1} - sum(long) * ${cacheWrite1h - 1}, 2) AS net_saved_equivalents,
  ${ratio(sql`(sum(hit) * ${1 - cacheRead} - sum(short) * ${cacheWrite5m - 1} - sum(long) * ${cacheWrite1h - 1})`, sql`sum(fresh + hit + written)`)} AS saved_ratio,
  if(countIf(usd > 0) > 0, sum(hit * (usd - usd_read) - short * (usd_short - usd) - long * (usd_long - usd)) / 1e6, NULL) AS net_saved_usd,
  countIf(lost > 0) AS rebuilds, toInt64(sum(lost)) AS rebuilt_tokens,
  round(sumIf(lost * ((short * ${cacheWrite5m} + long * ${cacheWrite1h}) / written - ${cacheRead}), lost > 0), 2) AS rebuild_equivalents
FROM (
  SELECT *, if(is_main AND session_id != '' AND held > 2 * hit AND written > 0 AND written >= hit, least(written, held - hit), 0) AS lost
  FROM (
    SELECT *, sum(hit + written) OVER ${inOrder} AS held
    FROM (
      SELECT time, event_sequence, session_id, ${dimensionExpression("model", "requests")} AS model_name, ${dimensionExpression("query_source", "requests")} IN ('main', '') AS is_main,
        ${rate("input")} AS usd, ${rate("cache_read")} AS usd_read, ${rate("cache_write_5m")} AS usd_short, ${rate("cache_write_1h")} AS usd_long,
        input_tokens AS fresh, cache_read_tokens AS hit, cache_creation_1h_tokens AS long,
        greatest(cache_creation_tokens, cache_creation_5m_tokens + cache_creation_1h_tokens) AS written, written - long AS short
      FROM ${rows("requests")}
    )
  )
)
GROUP BY model_name
ORDER BY cache_read_tokens DESC, model_name`,
});
