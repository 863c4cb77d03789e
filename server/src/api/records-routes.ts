import { eventsParameters, eventsResponse, pointsParameters, pointsResponse, spansParameters, spansResponse } from "@purser/api";
import type { Answers } from "../queries/answers.ts";
import type { RecordFilters } from "../queries/records.ts";
import type { TableName } from "../schema/tables.ts";
import type { QuestionRoute } from "./route.ts";
import { parseTime } from "./time-parameter.ts";

type Asked = RecordFilters & {
	readonly from?: string;
	readonly to?: string;
	readonly received_from?: string;
	readonly limit?: number;
	readonly cursor?: string;
};

export const recordsRoutes = (answers: Answers): QuestionRoute[] => [
	{
		method: "GET",
		path: "/api/v1/events",
		summary: "List log records unchanged, newest first",
		parameters: eventsParameters,
		response: eventsResponse,
		answer: listOf(answers, "events"),
	},
	{
		method: "GET",
		path: "/api/v1/points",
		summary: "Metric data points as they came, newest first",
		parameters: pointsParameters,
		response: pointsResponse,
		answer: listOf(answers, "points"),
	},
	{
		method: "GET",
		path: "/api/v1/spans",
		summary: "Spans as they came, newest first",
		parameters: spansParameters,
		response: spansResponse,
		answer: listOf(answers, "spans"),
	},
];

const listOf =
	(answers: Answers, table: TableName): QuestionRoute["answer"] =>
	async (query, nowMs) => {
		const { from, to, received_from, limit = 100, cursor, ...filters } = query as Asked;
		const { rows, nextCursor } = await answers.records({
			table,
			fromMs: from ? parseTime(from, nowMs, "from") : undefined,
			toMs: to ? parseTime(to, nowMs, "to") : undefined,
			receivedFromMs: received_from ? parseTime(received_from, nowMs, "received_from") : undefined,
			filters: Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== "")),
			limit,
			cursor: cursor || undefined,
		});
		return { body: { rows, meta: { next_cursor: nextCursor } } };
	};
