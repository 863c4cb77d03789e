import type { UsageRow } from "@purser/api";
import {
	IconAlertTriangle,
	IconCoin,
	IconGitCommit,
	IconHash,
	IconTerminal2,
	IconTool,
	IconUsers,
	type TablerIcon,
} from "@tabler/icons-react";
import { numberIn } from "../api/usage.ts";
import type { SeriesColor } from "../charts/palette.ts";
import type { Direction } from "../format/change.ts";
import { shortValue, type Unit } from "../format/value.ts";
import type { Needs } from "../view/empty-state.ts";

export interface Figure {
	id: string;
	label: string;
	icon: TablerIcon;
	hue: SeriesColor;
	unit: Unit;
	/** Measures that it is composed of; the first cannot be missing. */
	measures: readonly string[];
	value: (row: UsageRow) => number | null;
	/** Text next to it. */
	secondary: (row: UsageRow) => string;
	more: Direction;
	/** The target of a click: a panel of this page, or the events behind it. */
	leads: { panel: string } | { event: string };
	needs?: Needs;
}

const sum = (row: UsageRow, ...measures: string[]): number | null =>
	measures.every((measure) => numberIn(row, measure) === null)
		? null
		: measures.reduce((total, measure) => total + (numberIn(row, measure) ?? 0), 0);

const short = (row: UsageRow, measure: string, unit: Unit = ""): string => shortValue(unit, numberIn(row, measure));

const failed = (row: UsageRow): number | null => {
	const calls = numberIn(row, "tool_calls");
	return calls ? (numberIn(row, "tool_failures") ?? 0) / calls : null;
};

/** Empty instead of a dash when it was not reported. */
const count = (row: UsageRow, measure: string, one: string, many: string): string =>
	numberIn(row, measure) === null ? "" : `${short(row, measure)} ${numberIn(row, measure) === 1 ? one : many}`;

/** The strip at the top of the overview, from left to right. */
export const figures: readonly Figure[] = [
	{
		id: "cost",
		label: "Cost",
		icon: IconCoin,
		hue: "money",
		unit: "USD",
		measures: ["cost_usd", "cost_per_active_user_usd"],
		value: (row) => numberIn(row, "cost_usd"),
		secondary: (row) => `${short(row, "cost_per_active_user_usd", "USD")} per person`,
		more: "neutral",
		leads: { panel: "cost-by-model" },
	},
	{
		id: "people",
		label: "People",
		icon: IconUsers,
		hue: "people",
		unit: "",
		measures: ["active_users", "prompts"],
		value: (row) => numberIn(row, "active_users"),
		secondary: (row) => count(row, "prompts", "prompt", "prompts"),
		more: "neutral",
		leads: { panel: "people" },
	},
	{
		id: "sessions",
		label: "Sessions",
		icon: IconTerminal2,
		hue: "sessions",
		unit: "",
		measures: ["sessions", "active_seconds"],
		value: (row) => numberIn(row, "sessions"),
		secondary: (row) => (numberIn(row, "active_seconds") ? `${short(row, "active_seconds", "s")} active` : ""),
		more: "neutral",
		leads: { panel: "sessions" },
	},
	{
		id: "tokens",
		label: "Tokens in + out",
		icon: IconHash,
		hue: "tokens",
		unit: "tokens",
		measures: ["input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens"],
		value: (row) => sum(row, "input_tokens", "output_tokens"),
		secondary: (row) => `cache: ${short(row, "cache_read_tokens")} read`,
		more: "neutral",
		leads: { panel: "tokens" },
	},
	{
		id: "commits",
		label: "Commits",
		icon: IconGitCommit,
		hue: "work",
		unit: "",
		measures: ["commits", "pull_requests", "lines_added", "lines_removed"],
		value: (row) => numberIn(row, "commits"),
		secondary: (row) => `${count(row, "pull_requests", "PR", "PRs")} · +${short(row, "lines_added")} lines`.replace(/^ · /, ""),
		more: "neutral",
		leads: { panel: "work" },
		needs: { signal: "metrics", variable: "OTEL_METRICS_EXPORTER=otlp" },
	},
	{
		id: "tools",
		label: "Tool calls",
		icon: IconTool,
		hue: "tools",
		unit: "",
		measures: ["tool_calls", "tool_failures"],
		value: (row) => numberIn(row, "tool_calls"),
		secondary: (row) => `${shortValue("1", failed(row))} failed`,
		more: "neutral",
		leads: { panel: "tools" },
		needs: { signal: "logs", variable: "OTEL_LOGS_EXPORTER=otlp" },
	},
	{
		id: "errors",
		label: "API errors",
		icon: IconAlertTriangle,
		hue: "error",
		unit: "",
		measures: ["api_errors", "api_error_ratio"],
		value: (row) => numberIn(row, "api_errors"),
		secondary: (row) => `${short(row, "api_error_ratio", "1")} of requests`,
		more: "bad",
		leads: { event: "api_error" },
		needs: { signal: "logs", variable: "OTEL_LOGS_EXPORTER=otlp" },
	},
];

/** Returns true if there were any records: a comparison with a time before the first record is meaningless. */
export const hasHappened = (row: UsageRow | undefined): boolean =>
	row !== undefined && figures.some((figure) => (figure.value(row) ?? 0) > 0);

/** One question asks for all of them. */
export const figureMeasures: readonly string[] = [...new Set(figures.flatMap(({ measures }) => measures))];

/** Over time too: the strip and every panel that shows some of them share the answer. */
export const figuresOverTime = { measures: figureMeasures, overTime: true } as const;
