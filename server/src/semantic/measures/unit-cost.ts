import { type Measure, ratioOf } from "../measure.ts";

const costPer = (name: string, label: string, brief: string, whole: string): Measure => ({
	name,
	label,
	brief,
	unit: "USD",
	...ratioOf("cost_usd", whole),
});

export const unitCostMeasures: readonly Measure[] = [
	costPer("cost_per_commit_usd", "cost per commit", "Cost for each commit.", "commits"),
	costPer("cost_per_pull_request_usd", "cost per pull request", "Cost for each pull request.", "pull_requests"),
	costPer("cost_per_active_user_usd", "cost per person", "Cost for each active person.", "active_users"),
];
