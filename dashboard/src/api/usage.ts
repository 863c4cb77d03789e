import { type Filter, writeFilter } from "../url/filter.ts";
import type { Grain } from "../url/grain.ts";
import { apiRoot } from "./ask.ts";
import { askTogether } from "./batch.ts";

/** A question to `/usage`: measures by dimensions over time. */
export interface UsageQuestion {
	measures: readonly string[];
	by?: readonly string[] | undefined;
	grain?: Grain | undefined;
	from: number;
	to: number;
	filters: readonly Filter[];
	order?: string | undefined;
	limit?: number | undefined;
}

/** `time` when a grain was asked for, a string for each dimension, a number or null for each measure. */
export type UsageRow = Record<string, string | number | null>;

export interface UsageAnswer {
	rows: UsageRow[];
	meta: { from: string; to: string; grain: string; tz?: string; notes?: string[] };
}

function usageSearch(question: UsageQuestion, zone: string): URLSearchParams {
	const search = new URLSearchParams({ measure: question.measures.join(",") });
	if (question.by?.length) search.set("by", question.by.join(","));
	if (question.grain) search.set("grain", question.grain);
	search.set("from", new Date(question.from).toISOString());
	search.set("to", new Date(question.to).toISOString());
	search.set("tz", zone);
	for (const filter of question.filters) search.append("where", writeFilter(filter));
	if (question.order) search.set("order", question.order);
	if (question.limit) search.set("limit", String(question.limit));
	return search;
}

export const askUsage = (question: UsageQuestion, zone: string, signal?: AbortSignal): Promise<UsageAnswer> =>
	askTogether("/usage", usageSearch(question, zone), signal);

/** Returns the address of the same answer as a file. */
export function usageCsv(question: UsageQuestion, zone: string): string {
	const search = usageSearch(question, zone);
	search.set("format", "csv");
	return `${apiRoot}/usage?${search}`;
}

export const numberIn = (row: UsageRow | undefined, measure: string): number | null => {
	const value = row?.[measure];
	return typeof value === "number" ? value : null;
};

export const textIn = (row: UsageRow, dimension: string): string => {
	const value = row[dimension];
	return value === null || value === undefined ? "" : String(value);
};
