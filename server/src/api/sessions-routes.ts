import { NotFoundError, UsageError } from "../errors.ts";
import type { Answers } from "../queries/answers.ts";
import { sessionColumns, sessionOrders, sessionTotals } from "../queries/sessions.ts";
import { toCsv } from "./csv.ts";
import { listOf, type Query, type QuestionRoute, textOf } from "./route.ts";
import { isoTime, periodOf } from "./time-parameter.ts";
import { filtersOf, unitsOf } from "./usage-route.ts";

const text = { type: "string" };
const example = {
	session_id: "3f0c8a3e-0d0b-4a9e-9c1b-1d5f3a1c7e55",
	first_time: "2026-11-20T14:02:11.208Z",
	last_time: "2026-11-20T14:51:40.004Z",
	duration_seconds: 2968.796,
	person: "ana@example.com",
	models: ["claude-opus-5-5"],
	cost_usd: 3.12,
	prompts: 9,
	api_requests: 61,
	tool_calls: 84,
	tool_failures: 3,
};

export const sessionsRoutes = (answers: Answers): QuestionRoute[] => [listRoute(answers), sessionRoute(answers)];

const listRoute = (answers: Answers): QuestionRoute => ({
	method: "GET",
	path: "/api/v1/sessions",
	summary: "Sessions with totals and cost within the period",
	parameters: {
		from: { description: "ISO 8601 or relative (-24h, -7d, now)", schema: { ...text, default: "-30d" } },
		to: { description: "Exclusive", schema: { ...text, default: "now" } },
		where: {
			description:
				"dimension:value: sessions of which any record has it; dimension!:value: of which none has. The same dimension again: or; another: and",
			schema: { type: "array", items: text },
		},
		order: {
			description: `One of ${sessionOrders.join(", ")}; with a minus from the largest down`,
			schema: { ...text, default: "-cost_usd" },
		},
		start_up: {
			description: "Also ids that were only seen while starting, which are not counted as sessions",
			schema: { type: "boolean", default: false },
		},
		limit: { description: "Maximum sessions", schema: { type: "integer", minimum: 1, maximum: 1000, default: 100 } },
		cursor: { description: "next_cursor of the page before, in the same order", schema: text },
		format: { description: "json or csv", schema: { ...text, enum: ["json", "csv"], default: "json" } },
	},
	example: { rows: [example], meta: { sessions: 1, cost_usd: 3.12, next_cursor: null } },
	answer: async (query, nowMs) => {
		const { fromMs, toMs } = periodOf(query, "-30d", nowMs);
		const order = textOf(query, "order") || "-cost_usd";
		const { rows, nextCursor, sessions, costUsd } = await answers.sessions({
			fromMs,
			toMs,
			where: filtersOf(listOf(query, "where")),
			order,
			limit: Number(textOf(query, "limit") ?? 100),
			cursor: textOf(query, "cursor") || undefined,
			startUp: textOf(query, "start_up") === "true",
		});
		const meta = { from: isoTime(fromMs), to: isoTime(toMs), order };
		return {
			body: {
				rows,
				meta: {
					...meta,
					columns: sessionColumns,
					units: unitsOf(sessionTotals),
					sessions,
					cost_usd: costUsd,
					next_cursor: nextCursor,
				},
			},
			csv: () =>
				toCsv(
					sessionColumns,
					rows.map(({ models, ...row }) => ({ ...row, models: models.join(" ") })),
				),
		};
	},
});

const sessionRoute = (answers: Answers): QuestionRoute => ({
	method: "GET",
	path: "/api/v1/sessions/{id}",
	summary: "One session: totals, and prompts with their requests and tools",
	parameters: {
		id: { description: "The session's id", schema: text },
		prompt: {
			description: "Only the prompt of that key: a prompt's id, #3 for the third where clients send no ids, or start-up",
			schema: text,
		},
		limit: {
			description: "Maximum events in the timeline",
			schema: { type: "integer", minimum: 1, maximum: 5000, default: 1000 },
		},
		cursor: { description: "next_cursor of the answer before", schema: text },
	},
	example: {
		session: example,
		prompts: [
			{
				key: "5a2d0c6e-8c8f-4a55-9c0a-90c1f1f4c0aa",
				number: 1,
				start_time: "2026-11-20T14:02:11.208Z",
				cost_usd: 0.21,
				items: [{ event: "tool_result", time: "2026-11-20T14:02:31.020Z", tool_name: "Bash", success: true, duration_ms: 12400 }],
			},
		],
		meta: { truncated: false, next_cursor: null, notes: [] },
	},
	answer: async (query) => {
		const id = textOf(query, "id")!;
		const extent = await answers.sessionExtent(id);
		if (!extent) {
			throw new NotFoundError(
				`there is no session "${id.slice(0, 100)}": no event, data point or span with that session.id, whatever its time, is in the store`,
			);
		}
		const { spans, ...period } = extent;
		const limit = Number(textOf(query, "limit") ?? 1000);
		const skip = skipOf(query);
		const prompt = textOf(query, "prompt") || undefined;
		const { session, timeline } = await answers.session({ ...period, session: id, prompt, limit, skip });
		if (prompt !== undefined && timeline.prompts.length === 0)
			throw new NotFoundError(`there is no prompt "${prompt.slice(0, 100)}" in the session "${id.slice(0, 100)}"`);
		const notes = [
			...(timeline.moreItems
				? ["There are more events than are given here: ask on with next_cursor, or for one prompt. Totals are of all."]
				: []),
			...(timeline.morePrompts ? [`There are more prompts than the first ${timeline.prompts.length}.`] : []),
			...(session ? [] : ["Only spans of this session have arrived: no events, no metrics."]),
		];
		const meta = {
			session_id: id,
			spans,
			truncated: timeline.moreItems || timeline.morePrompts,
			next_cursor: timeline.moreItems ? writeCursor(skip + timeline.items) : null,
			notes,
		};
		return { body: { session: session ?? null, prompts: timeline.prompts, meta } };
	},
});

const writeCursor = (skip: number): string => Buffer.from(`items.${skip}`).toString("base64url");

function skipOf(query: Query): number {
	const cursor = textOf(query, "cursor");
	if (!cursor) return 0;
	const match = /^items\.(\d{1,9})$/.exec(Buffer.from(cursor, "base64url").toString());
	if (!match) throw new UsageError("cannot continue: this is no cursor of an earlier answer about this session");
	return Number(match[1]);
}
