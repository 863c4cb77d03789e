const figures =
	"cost_usd,cost_per_active_user_usd,active_users,prompts,sessions,active_seconds,input_tokens,output_tokens,cache_read_tokens," +
	"cache_creation_tokens,commits,pull_requests,lines_added,lines_removed,tool_calls,tool_failures,api_errors,api_error_ratio";
const daily = { grain: "day", limit: "20000" };

/** Returns the questions that dashboard/src/overview asks when it is opened, for the last `days` days. */
export function overviewOf(days: number): Readonly<Record<string, string>> {
	const usage = (measure: string, more: Readonly<Record<string, string>> = {}) =>
		`/api/v1/usage?${new URLSearchParams({ measure, from: `-${days}d`, tz: "Europe/Berlin", ...more })}`;
	return {
		"figures of the period": usage(figures),
		"figures of the period before": usage(figures, { from: `-${2 * days}d`, to: `-${days}d` }),
		"figures by day": usage(figures, daily),
		"cost by model": usage("cost_usd", { by: "model" }),
		"cost by model and day": usage("cost_usd", { by: "model", ...daily }),
		"active people by day": usage("active_users", daily),
		"sessions by day": usage("sessions", daily),
		"tokens by day": usage("input_tokens,output_tokens", daily),
		"cache tokens by day": usage("cache_read_tokens,cache_creation_tokens", daily),
		tools: usage("tool_calls,tool_failures,tool_duration_p95_ms", { by: "tool", order: "-tool_calls", limit: "200" }),
		"API errors by status and day": usage("api_errors", { by: "status_code", ...daily }),
		"tool failures by kind and day": usage("tool_failures", { by: "error_type", ...daily }),
		"commits and pull requests by day": usage("commits,pull_requests", daily),
		"lines by day": usage("lines_added,lines_removed", daily),
		"cost by repository": usage("cost_usd,active_users,sessions", { by: "repository", order: "-cost_usd", limit: "200" }),
		"cost by team": usage("cost_usd,active_users,sessions", { by: "label.team.id", order: "-cost_usd", limit: "200" }),
	};
}
