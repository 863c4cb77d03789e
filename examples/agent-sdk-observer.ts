/**
 * Reports an agent SDK's activity: its hooks report sessions, prompts and tools, its messages report requests and their cost.
 * The shapes are those of `@anthropic-ai/claude-agent-sdk` 0.3; for another SDK change the types and keep the rest.
 */
import type { SpanHandle, Telemetry } from "@purser/client";

// Longer than 250 lines: one example, to be copied as a whole.

/** The relevant messages, with the members that are read. */
type Message = { readonly session_id: string } & (
	| {
			readonly type: "stream_event";
			readonly event: StreamEvent;
			/** The tool call that started the subagent; null in the main conversation. */
			readonly parent_tool_use_id: string | null;
			readonly ttft_ms?: number;
	  }
	| Result
	| { readonly type: "system" | "assistant" | "user" }
);
type StreamEvent =
	| { readonly type: "message_start"; readonly message: { readonly id: string; readonly model: string; readonly usage: Usage } }
	| { readonly type: "message_delta"; readonly usage: Usage }
	| { readonly type: "message_stop" }
	| { readonly type: "content_block_start" | "content_block_delta" | "content_block_stop" };
type Usage = {
	readonly input_tokens?: number | null;
	readonly output_tokens?: number | null;
	readonly cache_read_input_tokens?: number | null;
	readonly cache_creation_input_tokens?: number | null;
};
type Result = {
	readonly type: "result";
	readonly modelUsage: Readonly<Record<string, ModelUsage>>;
	readonly permission_denials: readonly { readonly tool_name: string; readonly tool_use_id: string }[];
};
type ModelUsage = {
	readonly inputTokens: number;
	readonly outputTokens: number;
	readonly cacheReadInputTokens: number;
	readonly cacheCreationInputTokens: number;
	readonly costUSD: number;
};

export type HookInput = { readonly session_id: string } & (
	| { readonly hook_event_name: "SessionStart"; readonly source: string }
	| { readonly hook_event_name: "UserPromptSubmit"; readonly prompt: string; readonly prompt_id?: string }
	| ({ readonly hook_event_name: "PreToolUse" } & ToolUse)
	| ({ readonly hook_event_name: "PostToolUse"; readonly tool_response: unknown } & ToolUse)
	| ({ readonly hook_event_name: "PostToolUseFailure"; readonly error: string } & ToolUse)
);
type ToolUse = {
	readonly tool_name: string;
	readonly tool_input: unknown;
	readonly tool_use_id: string;
	readonly permission_mode?: string;
	readonly agent_id?: string;
	/** After the call: how long it ran. */
	readonly duration_ms?: number;
};

type Tokens = Readonly<Record<"input" | "output" | "cacheRead" | "cacheCreation", number>>;
type Request = {
	readonly model: string;
	readonly id?: string;
	readonly tokens: Tokens;
	readonly source: "main" | "subagent" | "auxiliary";
	readonly startMs: number;
	readonly endMs: number;
	readonly ttftMs?: number | undefined;
	readonly within: SpanHandle | undefined;
};

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: an example in one piece: its functions share the state of one session.
export function observe(telemetry: Telemetry) {
	let turn: SpanHandle | undefined;
	const tools = new Map<string, SpanHandle>();
	/** Requests that have ended. Their cost is reported with the result. */
	let ended: Request[] = [];
	/** The sums of the last result: those of the next one continue from there. Undefined: they began before this process. */
	let reported: Map<string, { readonly tokens: Tokens; readonly costUsd: number }> | undefined = new Map();

	async function hook(input: HookInput): Promise<object> {
		telemetry.startSession(input.session_id);
		if (input.hook_event_name === "SessionStart") begin(input.source);
		else if (input.hook_event_name === "UserPromptSubmit") {
			const { prompt, prompt_id } = input;
			turn?.end();
			telemetry.startPrompt(prompt_id);
			turn = telemetry.interaction({ user_prompt: prompt, user_prompt_length: prompt.length });
			telemetry.userPrompt({ prompt, prompt_length: prompt.length }, { span: turn });
		} else if (input.hook_event_name === "PreToolUse") {
			const { tool_use_id, tool_name, agent_id } = input;
			tools.set(tool_use_id, telemetry.tool({ tool_name, tool_use_id, agent_id }, turn && { parent: turn }));
		} else if (input.hook_event_name === "PostToolUse") {
			finish(input, { success: true, tool_result_size_bytes: sizeOf(input.tool_response) });
			countLines(input.tool_name, input.tool_response);
		} else finish(input, { success: false, error: input.error });
		// The SDK waits for an answer, and this one decides nothing.
		return {};
	}

	function begin(source: string): void {
		const start_type = { startup: "fresh", resume: "resume", fork: "resume" }[source];
		if (start_type) telemetry.sessionCount.add(1, { start_type });
		if (start_type === "resume") reported = undefined;
		if (source === "clear") reported = new Map();
	}

	/** It ran, so it was allowed. By whom, hooks don't say: `source` is left out, not guessed. */
	function finish(
		{ tool_name, tool_use_id, tool_input, permission_mode, agent_id, duration_ms }: ToolUse,
		outcome: { success: boolean; error?: string; tool_result_size_bytes?: number },
	): void {
		const span = taken(tool_use_id);
		const called = { tool_name: nameOf(tool_name), tool_use_id, agent_id };
		telemetry.toolDecision({ ...called, decision: "accept", permission_mode }, span && { span });
		const input = { tool_input: JSON.stringify(tool_input), tool_input_size_bytes: sizeOf(tool_input) };
		telemetry.toolResult({ ...called, ...input, ...outcome, duration_ms }, span && { span });
		span?.end({ duration_ms }, outcome.success ? {} : { error: "tool_error" });
	}

	function taken(id: string): SpanHandle | undefined {
		const span = tools.get(id);
		tools.delete(id);
		return span;
	}

	/** An edit's response has what it changed as a patch. */
	function countLines(tool: string, response: unknown): void {
		const { structuredPatch } = (response ?? {}) as { structuredPatch?: readonly { readonly lines: readonly string[] }[] };
		if (!structuredPatch) return;
		const lines = structuredPatch.flatMap((part) => part.lines);
		telemetry.codeEditToolDecision.add(1, { tool_name: tool, decision: "accept" });
		telemetry.linesOfCode.add(lines.filter((line) => line.startsWith("+")).length, { type: "added" });
		telemetry.linesOfCode.add(lines.filter((line) => line.startsWith("-")).length, { type: "removed" });
	}

	/**
	 * The messages again, unchanged. Tokens are those at the end of a request's stream; `usage` of assistant messages is no use, for
	 * several messages have the same one, and its output is as it was when the answer began.
	 */
	async function* messages<Any>(stream: AsyncIterable<Any>): AsyncGenerator<Any> {
		const streaming = new Map<string | null, { request: Omit<Request, "tokens" | "endMs">; usage: Usage }>();
		try {
			for await (const each of stream) {
				const message = each as Message;
				telemetry.startSession(message.session_id);
				if (message.type === "result") settle(message);
				if (message.type === "stream_event") {
					const { event, parent_tool_use_id: parent, ttft_ms } = message;
					if (event.type === "message_start") {
						const { id, model, usage } = event.message;
						const within = (parent !== null && tools.get(parent)) || turn;
						const source = parent === null ? "main" : "subagent";
						streaming.set(parent, { request: { id, model, source, within, startMs: Date.now(), ttftMs: ttft_ms }, usage });
					}
					const open = streaming.get(parent);
					// Each says how many there are until now.
					if (open && event.type === "message_delta") open.usage = { ...open.usage, ...event.usage };
					if (open && event.type === "message_stop") {
						streaming.delete(parent);
						ended.push({ ...open.request, tokens: tokensOf(open.usage), endMs: Date.now() });
					}
				}
				yield each;
			}
		} finally {
			// It broke off before its result: tokens are known, prices are not.
			for (const request of ended) report(request);
			ended = [];
			turn?.end();
		}
	}

	/** A result has sums for each model. What is new in them is split over the requests since the last result. */
	function settle({ modelUsage, permission_denials }: Result): void {
		for (const { tool_name, tool_use_id } of permission_denials) {
			const span = taken(tool_use_id);
			telemetry.toolDecision({ tool_name: nameOf(tool_name), tool_use_id, decision: "reject" }, span && { span });
			span?.end();
		}
		for (const [model, sums] of Object.entries(modelUsage)) {
			const own = ended.filter((request) => plain(request.model) === plain(model));
			ended = ended.filter((request) => !own.includes(request));
			const before = reported ? (reported.get(model) ?? { tokens: tokensOf({}), costUsd: 0 }) : undefined;
			if (before) {
				// What no stream shows, as the request for a title, is one more.
				const rest = less(tokensOfModel(sums), ...[before, ...own].map(({ tokens }) => tokens));
				const now = { startMs: Date.now(), endMs: Date.now(), within: turn };
				if (weightOf(rest) > 0) own.push({ model, tokens: rest, source: "auxiliary", ...now });
			}
			const weight = own.reduce((sum, { tokens }) => sum + weightOf(tokens), 0);
			for (const request of own) report(request, before && ((sums.costUSD - before.costUsd) * weightOf(request.tokens)) / weight);
		}
		reported = new Map(
			Object.entries(modelUsage).map(([model, sums]) => [model, { tokens: tokensOfModel(sums), costUsd: sums.costUSD }]),
		);
		turn?.end();
		turn = undefined;
	}

	/** At the time it happened, not at that at which its price became known. Without a price Purser's list price can be asked for. */
	function report({ model, id, tokens, source, startMs, endMs, ttftMs, within }: Request, costUsd?: number): void {
		const counts = {
			input_tokens: tokens.input,
			output_tokens: tokens.output,
			cache_read_tokens: tokens.cacheRead,
			cache_creation_tokens: tokens.cacheCreation,
		};
		const duration_ms = endMs - startMs;
		const span = telemetry.llmRequest(
			{ model, ...counts, ttft_ms: ttftMs, "gen_ai.response.id": id },
			{ at: startMs, ...(within && { parent: within }) },
		);
		const price = costUsd === undefined ? {} : { cost_usd: costUsd, cost_usd_micros: costUsd * 1e6 };
		// Events name the part of the program, metrics one of three.
		const query_source = { main: "sdk", subagent: "agent:custom", auxiliary: "not_streamed" }[source];
		telemetry.apiRequest({ model, ...counts, ...price, duration_ms, ttft_ms: ttftMs, query_source }, { at: endMs, span });
		span.end({ duration_ms, success: true }, { at: endMs });
		if (costUsd !== undefined) telemetry.costUsage.add(costUsd, { model, query_source: source });
		for (const type of kinds) telemetry.tokenUsage.add(tokens[type], { type, model, query_source: source });
	}

	const all = [{ hooks: [hook] }];
	const hooks = { SessionStart: all, UserPromptSubmit: all, PreToolUse: all, PostToolUse: all, PostToolUseFailure: all };
	/** Options of the SDK's `query`: partial messages report the tokens of a request. */
	const options = { includePartialMessages: true, hooks };
	return { options, messages };
}

const kinds = ["input", "output", "cacheRead", "cacheCreation"] as const;

const tokensOf = (usage: Usage): Tokens => ({
	input: usage.input_tokens ?? 0,
	output: usage.output_tokens ?? 0,
	cacheRead: usage.cache_read_input_tokens ?? 0,
	cacheCreation: usage.cache_creation_input_tokens ?? 0,
});
const tokensOfModel = (sums: ModelUsage): Tokens => ({
	input: sums.inputTokens,
	output: sums.outputTokens,
	cacheRead: sums.cacheReadInputTokens,
	cacheCreation: sums.cacheCreationInputTokens,
});
const less = (from: Tokens, ...others: readonly Tokens[]): Tokens =>
	Object.fromEntries(
		kinds.map((kind) => [kind, others.reduce((left, tokens) => Math.max(0, left - tokens[kind]), from[kind])]),
	) as Tokens;

/** The relative cost of kinds of tokens is the same for all Claude models: enough to split a sum by. */
const weightOf = ({ input, output, cacheRead, cacheCreation }: Tokens): number =>
	input + 5 * output + 0.1 * cacheRead + 1.25 * cacheCreation;
/** Results may say `claude-sonnet-4-6[1m]` where the API says `claude-sonnet-4-6`. */
const plain = (model: string): string => model.replace(/\[.*\]$/, "");
/** Tools of people's own MCP servers have one name, as with Claude Code. */
const nameOf = (tool: string): string => (tool.startsWith("mcp__") ? "mcp_tool" : tool);
const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? "");
