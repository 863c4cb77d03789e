import type { SessionRow } from "@purser/api";
import { instant } from "../format/instant.ts";
import { valueLabel } from "../format/labels.ts";
import { exactMoney, money } from "../format/money.ts";
import { compactNumber, exactNumber } from "../format/number.ts";
import { exactValue, shortValue } from "../format/value.ts";

export interface SessionColumn {
	id: string;
	label: string;
	/** The API's name of the order; undefined where there is none. */
	order?: string;
	first?: "up" | "down";
	numeric?: boolean;
	text: (row: SessionRow, zone: string) => string;
	/** The whole of it, for a hover. */
	exact?: (row: SessionRow, zone: string) => string;
	isCritical?: (row: SessionRow) => boolean;
}

const count = (value: number | null): string => (value ? compactNumber(value) : "–");

export const columns: readonly SessionColumn[] = [
	{
		id: "began",
		label: "Began",
		order: "first_time",
		first: "down",
		text: (row, zone) => instant(row.first_time, "dayMinute", zone),
		exact: (row, zone) =>
			`${instant(row.first_time, "full", zone)} to ${instant(row.last_time, "full", zone)}, ${zone}\n${row.session_id}`,
	},
	{ id: "person", label: "Person", text: (row) => valueLabel("person", row.person), exact: (row) => row.person },
	{
		id: "repository",
		label: "Repository",
		text: (row) => (row.repository === "" ? "–" : valueLabel("repository", row.repository)),
		exact: (row) => row.repository || "not reported",
	},
	{
		id: "models",
		label: "Models",
		text: ({ models: [first, ...others] }) =>
			first === undefined ? "–" : `${valueLabel("model", first)}${others.length > 0 ? ` +${others.length}` : ""}`,
		exact: (row) => row.models.join("\n"),
	},
	{
		id: "took",
		label: "Duration",
		order: "duration_seconds",
		first: "down",
		numeric: true,
		text: (row) => shortValue("s", row.duration_seconds),
		exact: (row) =>
			`${exactValue("s", row.duration_seconds)} from the first event to the last${row.active_seconds ? `, ${shortValue("s", row.active_seconds)} of it active` : ""}`,
	},
	...(
		[
			["prompts", "Prompts"],
			["api_requests", "Requests"],
			["tool_calls", "Tools"],
		] as const
	).map(
		([id, label]): SessionColumn => ({
			id,
			label,
			order: id,
			first: "down",
			numeric: true,
			text: (row) => count(row[id]),
			exact: (row) => exactNumber(row[id] ?? 0),
		}),
	),
	...(
		[
			["tool_failures", "Failed", "tool calls that failed"],
			["api_errors", "Errors", "API requests that finally failed"],
		] as const
	).map(
		([id, label, meaning]): SessionColumn => ({
			id,
			label,
			order: id,
			first: "down",
			numeric: true,
			text: (row) => count(row[id]),
			exact: (row) => `${exactNumber(row[id] ?? 0)} ${meaning}`,
			isCritical: (row) => (row[id] ?? 0) > 0,
		}),
	),
	{
		id: "lines",
		label: "Lines",
		order: "lines_added",
		first: "down",
		numeric: true,
		text: (row) =>
			row.lines_added || row.lines_removed
				? `+${compactNumber(row.lines_added ?? 0)} −${compactNumber(row.lines_removed ?? 0)}`
				: "–",
		exact: (row) =>
			`${exactNumber(row.lines_added ?? 0)} added, ${exactNumber(row.lines_removed ?? 0)} removed; ${exactNumber(row.commits ?? 0)} commits, ${exactNumber(row.pull_requests ?? 0)} pull requests`,
	},
	{
		id: "cost",
		label: "Cost",
		order: "cost_usd",
		first: "down",
		numeric: true,
		text: (row) => (row.cost_usd === null ? "–" : money(row.cost_usd)),
		exact: (row) => (row.cost_usd === null ? "no cost was reported" : exactMoney(row.cost_usd)),
	},
];
