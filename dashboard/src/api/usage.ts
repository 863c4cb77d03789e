import type { UsageAnswer, UsageParameters, UsageRow } from "@purser/api";
import type { Filter } from "../url/filter.ts";
import type { Grain } from "../url/grain.ts";
import { addressOf } from "./ask.ts";
import { askTogether } from "./batch.ts";
import { viewParameters } from "./view-parameters.ts";

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

const parametersOf = ({ measures, by, grain, order, limit, ...view }: UsageQuestion, zone: string): UsageParameters => ({
	measure: measures.join(","),
	...(by?.length && { by: by.join(",") }),
	...(grain && { grain }),
	...viewParameters(view, zone),
	...(order && { order }),
	...(limit && { limit }),
});

export const askUsage = (question: UsageQuestion, zone: string, signal?: AbortSignal): Promise<UsageAnswer> =>
	askTogether("/usage", parametersOf(question, zone), signal);

/** Returns the address of the same answer as a file. */
export const usageCsv = (question: UsageQuestion, zone: string): string =>
	addressOf("/usage", { ...parametersOf(question, zone), format: "csv" });

export const numberIn = (row: UsageRow | undefined, measure: string): number | null => {
	const value = row?.[measure];
	return typeof value === "number" ? value : null;
};

export const textIn = (row: UsageRow, dimension: string): string => {
	const value = row[dimension];
	return value === null || value === undefined ? "" : String(value);
};
