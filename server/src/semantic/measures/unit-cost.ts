import { type Measure, ratioOf } from "../measure.ts";

const costPer = (name: string, brief: string, whole: string): Measure => ({
	name,
	brief,
	unit: "USD",
	...ratioOf("cost_usd", whole),
});

export const unitCostMeasures: readonly Measure[] = [
	costPer("cost_per_commit_usd", "Cost for each commit.", "commits"),
	costPer("cost_per_pull_request_usd", "Cost for each pull request.", "pull_requests"),
	costPer("cost_per_active_user_usd", "Cost for each active person.", "active_users"),
];
