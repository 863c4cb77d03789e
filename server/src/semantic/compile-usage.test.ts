import { expect, test } from "vitest";
import { compileUsage, type UsageQuestion } from "./compile-usage.ts";
import type { RollupFreshness } from "./rollup-freshness.ts";

const question: UsageQuestion = { measures: ["cost_usd"], by: [], grain: "none", tz: "UTC", where: [], order: [], limit: 1000 };
const hourMs = 3_600_000;
const noon = Date.parse("2026-11-20T12:00:00Z");
const covered: RollupFreshness = { stale: [], hints: { cumulativeSince: {}, incomplete: [], uncovered: {} } };
const stale: RollupFreshness = { stale: [{ fromMs: noon, toMs: noon + hourMs }] };
const someUncovered: RollupFreshness = {
	stale: [],
	hints: { cumulativeSince: {}, incomplete: ["api_request"], uncovered: { api_request: ["1234567890123456789"] } },
};

/** Update with `npx vitest run -u server/src/semantic`, and review what changed: this is the SQL that answers. */
const cases: Readonly<Record<string, readonly [Partial<UsageQuestion>, RollupFreshness]>> = {
	"cost-by-model-and-day": [{ by: ["model"], grain: "day", tz: "Europe/Berlin" }, covered],
	"cost-with-a-stale-hour": [{}, stale],
	"cost-with-uncovered-points": [{}, someUncovered],
	"cost-from-records": [{}, undefined],
	"cost-of-a-team": [{ where: [{ dimension: "team", values: ["core"], exclude: false }] }, covered],
	"cost-by-label": [{ by: ["label.region"] }, covered],
	"tokens-by-type": [{ measures: ["tokens"], by: ["token_type"] }, covered],
	"people-by-day": [{ measures: ["active_users"], grain: "day" }, covered],
	"sessions-by-start-type": [{ measures: ["sessions"], by: ["start_type"] }, covered],
	"tool-durations": [{ measures: ["tool_duration_p95_ms"], by: ["tool"], order: ["-tool_duration_p95_ms"] }, covered],
	"commits-by-hour": [{ measures: ["commits"], grain: "hour" }, covered],
	"recomputed-cost": [{ measures: ["recomputed_cost_usd"] }, covered],
};

test.each(Object.entries(cases))("%s compiles to the SQL on file", async (name, [asked, freshness]) => {
	const { sql, datasets } = compileUsage({ ...question, ...asked }, freshness);
	const read = datasets.map(({ dataset, tables }) => `-- ${dataset}: ${tables.join(", ")}`);
	await expect(
		`${[...read, String(sql).replaceAll(" FROM ", "\nFROM ").replaceAll(" UNION ALL ", "\nUNION ALL\n")].join("\n")}\n`,
	).toMatchFileSnapshot(`golden/${name}.sql`);
});

test("a dimension that no rollup has is answered from records", () => {
	const { datasets } = compileUsage({ ...question, by: ["label.region"] }, covered);
	expect(datasets.map(({ tables }) => tables)).toEqual([["events"], ["points"]]);
});
