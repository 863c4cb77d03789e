import {
	type SessionRow,
	sessionParameters,
	sessionResponse,
	sessionsParameters,
	sessionsResponse,
	sessionTotals,
} from "@purser/api";
import { NotFoundError } from "../errors.ts";
import type { Answers } from "../queries/answers.ts";
import { sessionColumns } from "../queries/sessions.ts";
import { toCsv } from "./csv.ts";
import { type QuestionRoute, question } from "./route.ts";
import { isoTime, periodOf } from "./time-parameter.ts";
import { filtersOf, unitsOf } from "./usage-route.ts";

const example: SessionRow = {
	session_id: "3f0c8a3e-0d0b-4a9e-9c1b-1d5f3a1c7e55",
	first_time: "2026-11-20T14:02:11.208Z",
	last_time: "2026-11-20T14:51:40.004Z",
	duration_seconds: 2968.796,
	person: "ana@example.com",
	organization: "6b1f4d1c-52fb-4a25-9d5a-3f0f2c8a7e11",
	entrypoint: "cli",
	version: "2.1.329",
	service: "claude-code",
	terminal: "vscode",
	os: "darwin",
	repository: "engines",
	models: ["claude-opus-5-5"],
	cost_usd: 3.12,
	tokens: 1_842_310,
	input_tokens: 12_400,
	output_tokens: 61_200,
	cache_read_tokens: 1_690_110,
	cache_creation_tokens: 78_600,
	prompts: 9,
	api_requests: 61,
	api_errors: null,
	tool_calls: 84,
	tool_failures: 3,
	active_seconds: 1210.4,
	lines_added: 312,
	lines_removed: 41,
	commits: 2,
	pull_requests: null,
	events: 402,
};

export const sessionsRoutes = (answers: Answers): QuestionRoute[] => [listRoute(answers), sessionRoute(answers)];

const listRoute = (answers: Answers): QuestionRoute =>
	question({
		path: "/api/v1/sessions",
		summary: "Sessions with totals and cost within the period",
		parameters: sessionsParameters,
		response: sessionsResponse,
		example: {
			rows: [example],
			meta: {
				from: "2026-11-01T00:00:00.000Z",
				to: "2026-12-01T00:00:00.000Z",
				order: "-cost_usd",
				columns: [...sessionColumns],
				units: unitsOf(sessionTotals),
				sessions: 1,
				cost_usd: 3.12,
				next_cursor: null,
			},
		},
		answer: async ({ where, limit = 100, cursor, start_up, ...query }, nowMs) => {
			const { fromMs, toMs } = periodOf(query, "-30d", nowMs);
			const order = query.order || "-cost_usd";
			const { rows, nextCursor, sessions, costUsd } = await answers.sessions({
				fromMs,
				toMs,
				where: filtersOf(where),
				order,
				limit,
				cursor: cursor || undefined,
				startUp: start_up === true,
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

const sessionRoute = (answers: Answers): QuestionRoute =>
	question({
		path: "/api/v1/sessions/{id}",
		summary: "One session: totals, and prompts with their requests and tools",
		parameters: sessionParameters,
		response: sessionResponse,
		example: {
			session: example,
			prompts: [
				{
					key: "5a2d0c6e-8c8f-4a55-9c0a-90c1f1f4c0aa",
					prompt_id: "5a2d0c6e-8c8f-4a55-9c0a-90c1f1f4c0aa",
					number: 1,
					start_time: "2026-11-20T14:02:11.208Z",
					end_time: "2026-11-20T14:02:40.114Z",
					duration_ms: 28_906,
					prompt_length: 72,
					prompt: "",
					command_name: "",
					cost_usd: 0.21,
					api_requests: 4,
					api_errors: 0,
					tool_calls: 3,
					tool_failures: 0,
					tool_rejects: 0,
					api_duration_ms: 14_210,
					tool_duration_ms: 13_002,
					input_tokens: 800,
					output_tokens: 3_950,
					cache_read_tokens: 101_204,
					cache_creation_tokens: 6_120,
					models: ["claude-opus-5-5"],
					events: 12,
					items: [
						{ event: "tool_result", time: "2026-11-20T14:02:31.020Z", tool_name: "Bash", success: true, duration_ms: 12_400 },
					],
				},
			],
			meta: {
				session_id: "3f0c8a3e-0d0b-4a9e-9c1b-1d5f3a1c7e55",
				spans: 0,
				truncated: false,
				next_cursor: null,
				notes: [],
			},
		},
		answer: async ({ id, limit = 1000, cursor, ...query }) => {
			const extent = await answers.sessionExtent(id);
			if (!extent) {
				throw new NotFoundError(
					`there is no session "${id.slice(0, 100)}": no event, data point or span with that session.id, whatever its time, is in the store`,
				);
			}
			const { spans, ...period } = extent;
			const prompt = query.prompt || undefined;
			const { session, timeline } = await answers.session({ ...period, session: id, prompt, limit, cursor: cursor || undefined });
			if (prompt !== undefined && timeline.prompts.length === 0)
				throw new NotFoundError(`there is no prompt "${prompt.slice(0, 100)}" in the session "${id.slice(0, 100)}"`);
			const notes = [
				...(timeline.nextCursor !== null
					? ["There are more events than are given here: ask on with next_cursor, or for one prompt. Totals are of all."]
					: []),
				...(timeline.morePrompts ? [`There are more prompts than the first ${timeline.prompts.length}.`] : []),
				...(session ? [] : ["Only spans of this session have arrived: no events, no metrics."]),
			];
			const meta = {
				session_id: id,
				spans,
				truncated: timeline.nextCursor !== null || timeline.morePrompts,
				next_cursor: timeline.nextCursor,
				notes,
			};
			return { body: { session: session ?? null, prompts: timeline.prompts, meta } };
		},
	});
