import { column, sql } from "../../sql.ts";
import { type Measure, request } from "../measure.ts";
import { isUnpriced, recomputedNanoUsd } from "../price-sql.ts";

/** Measures at the prices in force at each request's own time, which no rollup has. */
export const listPriceMeasures: readonly Measure[] = [
	{
		...request(
			"recomputed_cost_usd",
			"Cost of requests at the prices in force at their time; without those of models that have no price.",
			"USD",
			sql`sum(toInt128(${recomputedNanoUsd})) / 1e9`,
		),
		label: "cost at list prices",
	},
	request("unpriced_requests", "Requests of models that have no price.", "", sql`countIf(${isUnpriced})`),
	{
		...request(
			"priced_cost_usd",
			"Cost as the client estimated it, of requests that have a price.",
			"USD",
			sql`sumIf(toInt128(${column("cost_nano_usd")}), NOT ${isUnpriced}) / 1e9`,
		),
		hidden: true,
	},
];
