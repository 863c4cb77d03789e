import type { SeriesColor } from "../charts/palette.ts";
import type { Unit } from "../format/value.ts";
import type { Needs } from "../view/empty-state.ts";

interface Common {
	id: string;
	title: string;
	/** The name of missing records: "API errors". */
	what: string;
	/** Width in twelfths. */
	columns: number;
	needs?: Needs;
}

/** The target of a click on a name: the view narrowed to it, or the events behind it. */
export type Leads = "narrow" | { event: string };

/** A measure over time, stacked by a dimension. */
export interface SplitPanel extends Common {
	kind: "split";
	measure: string;
	by: string;
	leads: Leads;
	tall?: boolean;
}

/** A few measures over time on one axis. */
export interface MeasuresPanel extends Common {
	kind: "measures";
	measures: readonly { name: string; label: string; hue: SeriesColor }[];
	unit: Unit;
	/** Sums of distinct people over buckets would count a person twice: then the legend stays away. */
	distinct?: boolean;
	/** For what does not add up: lines added and lines removed. */
	sideBySide?: boolean;
}

/** Values of a dimension, the most first, each with its amounts. */
export interface RankedPanel extends Common {
	kind: "ranked";
	by: string;
	measures: readonly string[];
	columnsShown: readonly RankedColumn[];
	leads: Leads;
	/** Hidden unless clients send it. */
	onlyWhenPresent?: boolean;
	hue: SeriesColor;
}

interface RankedColumn {
	label: string;
	unit: Unit;
	value: (row: (measure: string) => number | null) => number | null;
	/** Coloured from here on. */
	badFrom?: number;
}

export type OverviewPanel =
	| SplitPanel
	| MeasuresPanel
	| RankedPanel
	| (Common & { kind: "moved"; measure: string; by: readonly [string, string, string, string, string] });

const column = (label: string, unit: Unit, measure: string): RankedColumn => ({ label, unit, value: (row) => row(measure) });
const logs: Needs = { signal: "logs", variable: "OTEL_LOGS_EXPORTER=otlp" };

/** The overview below its figures. Adding a panel is adding an entry. */
export const panels: readonly OverviewPanel[] = [
	{
		kind: "split",
		id: "cost-by-model",
		title: "Cost by model",
		what: "Cost",
		measure: "cost_usd",
		by: "model",
		leads: "narrow",
		tall: true,
		columns: 8,
	},
	{
		kind: "moved",
		id: "moved",
		title: "What moved",
		what: "Changes in cost",
		measure: "cost_usd",
		by: ["model", "repository", "label.team.id", "label.department", "label.cost_center"],
		columns: 4,
	},
	{
		kind: "measures",
		id: "people",
		title: "Active people",
		what: "Active people",
		measures: [{ name: "active_users", label: "people", hue: "people" }],
		unit: "",
		distinct: true,
		columns: 3,
	},
	{
		kind: "measures",
		id: "sessions",
		title: "Sessions",
		what: "Sessions",
		measures: [{ name: "sessions", label: "sessions", hue: "sessions" }],
		unit: "",
		distinct: true,
		columns: 3,
	},
	{
		kind: "measures",
		id: "tokens",
		title: "Tokens in and out",
		what: "Tokens",
		measures: [
			{ name: "input_tokens", label: "in", hue: "tokens" },
			{ name: "output_tokens", label: "out", hue: "tools" },
		],
		unit: "tokens",
		columns: 3,
	},
	{
		kind: "measures",
		id: "cache",
		title: "Cache tokens",
		what: "Cache tokens",
		measures: [
			{ name: "cache_read_tokens", label: "read", hue: "sessions" },
			{ name: "cache_creation_tokens", label: "written", hue: "cache" },
		],
		unit: "tokens",
		columns: 3,
	},
	{
		kind: "ranked",
		id: "tools",
		title: "Tools",
		what: "Tool calls",
		by: "tool",
		measures: ["tool_calls", "tool_failures", "tool_duration_p95_ms"],
		columnsShown: [
			column("calls", "", "tool_calls"),
			{
				label: "failed",
				unit: "1",
				value: (row) => (row("tool_calls") ? (row("tool_failures") ?? 0) / (row("tool_calls") ?? 1) : null),
				badFrom: 0.1,
			},
			column("p95", "ms", "tool_duration_p95_ms"),
		],
		leads: { event: "tool_result" },
		hue: "tools",
		columns: 6,
		needs: logs,
	},
	{
		kind: "split",
		id: "api-errors",
		title: "API errors",
		what: "API errors",
		measure: "api_errors",
		by: "status_code",
		leads: { event: "api_error" },
		tall: true,
		columns: 3,
		needs: logs,
	},
	{
		kind: "split",
		id: "tool-failures",
		title: "Tool failures",
		what: "Tool failures",
		measure: "tool_failures",
		by: "error_type",
		leads: { event: "tool_result" },
		tall: true,
		columns: 3,
		needs: logs,
	},
	{
		kind: "measures",
		id: "work",
		title: "Commits and pull requests",
		what: "Commits and pull requests",
		measures: [
			{ name: "commits", label: "commits", hue: "work" },
			{ name: "pull_requests", label: "pull requests", hue: "people" },
		],
		unit: "",
		sideBySide: true,
		columns: 6,
		needs: { signal: "metrics", variable: "OTEL_METRICS_EXPORTER=otlp" },
	},
	{
		kind: "measures",
		id: "lines",
		title: "Lines of code",
		what: "Lines of code",
		measures: [
			{ name: "lines_added", label: "added", hue: "tokens" },
			{ name: "lines_removed", label: "removed", hue: "error" },
		],
		unit: "",
		sideBySide: true,
		columns: 6,
		needs: { signal: "metrics", variable: "OTEL_METRICS_EXPORTER=otlp" },
	},
	...(["repository", "label.team.id", "label.department", "label.cost_center"] as const).map(
		(by): RankedPanel => ({
			kind: "ranked",
			id: by.replaceAll(".", "-").replace("label-", "by-"),
			title: {
				repository: "Repositories",
				"label.team.id": "Teams",
				"label.department": "Departments",
				"label.cost_center": "Cost centres",
			}[by],
			what: "Cost",
			by,
			measures: ["cost_usd", "active_users", "sessions"],
			columnsShown: [column("cost", "USD", "cost_usd"), column("people", "", "active_users"), column("sessions", "", "sessions")],
			leads: "narrow",
			onlyWhenPresent: true,
			hue: "money",
			columns: 6,
		}),
	),
];

/** The question of the panel that ranks a dimension's values by cost, if there is one. */
export function rankedAsk(by: string) {
	const panel = panels.find((panel): panel is RankedPanel => panel.kind === "ranked" && panel.by === by);
	return panel && askOf(panel);
}

export const askOf = ({ measures, by }: RankedPanel) => ({ measures, by: [by], order: `-${measures[0]}`, limit: 200 });
