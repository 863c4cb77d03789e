import { type Measure, percentile, recordsOf, request, shareOf, total } from "../measure.ts";

export const requestMeasures: readonly Measure[] = [
	{ ...request("api_requests", "Successful API requests.", "", total("records")), label: "API requests" },
	{
		name: "api_errors",
		label: "API errors",
		brief: "API requests that finally failed.",
		unit: "",
		better: "less",
		source: "events",
		reads: ["api_error"],
		sql: recordsOf("api_error"),
	},
	{
		name: "api_error_ratio",
		label: "API errors, share",
		brief: "Failed API requests of all API requests.",
		unit: "1",
		better: "less",
		...shareOf("api_errors", "api_requests"),
	},
	{
		...request("api_duration_p50_ms", "Median duration of API requests.", "ms", percentile(0.5, "durations_ms")),
		label: "median request duration",
	},
	{
		...request("api_duration_p95_ms", "95th percentile of the duration of API requests.", "ms", percentile(0.95, "durations_ms")),
		label: "p95 request duration",
		better: "less",
	},
	{
		...request("ttft_p95_ms", "95th percentile of the time to the first token.", "ms", percentile(0.95, "ttfts_ms")),
		label: "p95 time to first token",
		better: "less",
	},
];
