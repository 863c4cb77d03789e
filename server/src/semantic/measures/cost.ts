import { sql } from "../../sql.ts";
import { eventOrCounter, type Measure, total } from "../measure.ts";

const [cost, ...parts] = eventOrCounter("cost_usd", "Cost as the client estimated it.", "USD", {
	requests: sql`${total("cost_nano_usd")} / 1e9`,
	metric: "claude_code.cost.usage",
});

export const costMeasures: readonly Measure[] = [{ ...cost, label: "cost" }, ...parts];
