import type { Answers } from "../queries/answers.ts";
import { type FilterName, lists, type RecordFilters } from "../queries/records.ts";
import type { TableName } from "../schema/tables.ts";
import { type Parameter, type QuestionRoute, textOf } from "./route.ts";
import { parseTime } from "./time-parameter.ts";

const summaries: Readonly<Record<TableName, string>> = {
	events: "List log records unchanged, newest first",
	points: "Metric data points as they came, newest first",
	spans: "Spans as they came, newest first",
};

const briefs: Readonly<Record<FilterName, string>> = {
	event: "Event name, e.g. api_request",
	metric: "The metric's name, as claude_code.cost.usage",
	name: "The span's name",
	trace: "A trace id in hex",
	session: "A session id",
	prompt: "A prompt id",
	person: "Person, as in the dimension person",
	tool: "A tool's name",
	q: "Words that must all occur in the body or the attributes",
};

export const recordsRoutes = (answers: Answers): QuestionRoute[] =>
	Object.values(lists).map(({ table, filters }) => {
		const names = [...(Object.keys(filters) as FilterName[]), "q" as const];
		const filterParameters = Object.fromEntries(
			names.map((name): [string, Parameter] => [name, { description: briefs[name], schema: { type: "string" } }]),
		);
		return {
			method: "GET",
			path: `/api/v1/${table}`,
			summary: summaries[table],
			parameters: {
				from: { description: "ISO 8601 or relative (-24h, -7d, now); from the beginning by default", schema: { type: "string" } },
				to: { description: "Exclusive", schema: { type: "string" } },
				received_from: {
					description: "Only records received since then, regardless of their own time; for followers",
					schema: { type: "string" },
				},
				...filterParameters,
				limit: { description: "Maximum rows", schema: { type: "integer", minimum: 1, maximum: 1000, default: 100 } },
				cursor: { description: "next_cursor of the page before", schema: { type: "string" } },
			},
			answer: async (query, now) => {
				const from = textOf(query, "from");
				const to = textOf(query, "to");
				const receivedFrom = textOf(query, "received_from");
				const given = names.flatMap((name) => {
					const value = textOf(query, name);
					return value ? [[name, value]] : [];
				});
				const { rows, nextCursor } = await answers.records({
					table,
					fromMs: from ? parseTime(from, now, "from") : undefined,
					toMs: to ? parseTime(to, now, "to") : undefined,
					receivedFromMs: receivedFrom ? parseTime(receivedFrom, now, "received_from") : undefined,
					filters: Object.fromEntries(given) as RecordFilters,
					limit: Number(textOf(query, "limit") ?? 100),
					cursor: textOf(query, "cursor") || undefined,
				});
				return { body: { rows, meta: { next_cursor: nextCursor } } };
			},
		};
	});
