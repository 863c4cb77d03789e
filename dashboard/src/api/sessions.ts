import { type Filter, writeFilter } from "../url/filter.ts";
import { apiRoot, ask } from "./ask.ts";
import type { AttributeValue } from "./events.ts";

/** A session with its totals; a total is null where nothing of it was sent. */
export interface SessionRow {
	session_id: string;
	first_time: string;
	last_time: string;
	duration_seconds: number;
	person: string;
	organization: string;
	entrypoint: string;
	version: string;
	service: string;
	terminal: string;
	os: string;
	repository: string;
	models: string[];
	cost_usd: number | null;
	tokens: number | null;
	input_tokens: number | null;
	output_tokens: number | null;
	cache_read_tokens: number | null;
	cache_creation_tokens: number | null;
	prompts: number | null;
	api_requests: number | null;
	api_errors: number | null;
	tool_calls: number | null;
	tool_failures: number | null;
	active_seconds: number | null;
	lines_added: number | null;
	lines_removed: number | null;
	commits: number | null;
	pull_requests: number | null;
	events: number;
}

export interface SessionsQuestion {
	from: number;
	to: number;
	filters: readonly Filter[];
	order: string;
}

export interface SessionsPage {
	rows: SessionRow[];
	meta: { sessions: number; cost_usd: number; next_cursor: string | null };
}

function searchOf({ from, to, filters, order }: SessionsQuestion): URLSearchParams {
	const search = new URLSearchParams({ from: new Date(from).toISOString(), to: new Date(to).toISOString(), order });
	for (const filter of filters) search.append("where", writeFilter(filter));
	return search;
}

export function askSessions(question: SessionsQuestion, cursor: string, signal: AbortSignal): Promise<SessionsPage> {
	const search = searchOf(question);
	search.set("limit", "100");
	if (cursor !== "") search.set("cursor", cursor);
	return ask(`/sessions?${search}`, { signal });
}

export const sessionsCsv = (question: SessionsQuestion): string =>
	`${apiRoot}/sessions?${searchOf(question)}&limit=1000&format=csv`;

/** An event of the timeline with its descriptive attributes. Attributes that were not sent are missing. */
export interface Item extends Record<string, AttributeValue | undefined> {
	event: string;
	/** When it was reported: at its end. */
	time: string;
	start_time?: string;
	duration_ms?: number;
	cost_usd?: number;
	model?: string;
	tool_name?: string;
	success?: boolean;
	input?: string;
}

export interface Prompt {
	key: string;
	prompt_id: string;
	/** 0 is start-up. */
	number: number;
	start_time: string;
	end_time: string;
	duration_ms: number;
	prompt_length: number;
	prompt: string;
	command_name: string;
	cost_usd: number;
	api_requests: number;
	api_errors: number;
	tool_calls: number;
	tool_failures: number;
	tool_rejects: number;
	api_duration_ms: number;
	tool_duration_ms: number;
	input_tokens: number;
	output_tokens: number;
	cache_read_tokens: number;
	cache_creation_tokens: number;
	models: string[];
	events: number;
	items: Item[];
}

export interface SessionAnswer {
	session: SessionRow | null;
	prompts: Prompt[];
	meta: { session_id: string; spans: number; truncated: boolean; next_cursor: string | null; notes: string[] };
}

/** One session; of a long one, the first items, and all of one prompt when asked for. */
export function askSession(id: string, prompt: string | undefined, signal: AbortSignal): Promise<SessionAnswer> {
	const search = new URLSearchParams({ limit: prompt === undefined ? "2000" : "5000" });
	if (prompt !== undefined) search.set("prompt", prompt);
	return ask(`/sessions/${encodeURIComponent(id)}?${search}`, { signal });
}
