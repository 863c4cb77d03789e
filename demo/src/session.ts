import type { Telemetry } from "@purser/client";
import { isMcpBroken, shareOfErrors, shareOfOpus } from "./incidents.ts";
import { haiku, type Model, microsOf, opus, sonnet, type Tokens } from "./models.ts";
import type { Person } from "./organization.ts";
import { hex, pick, pickWeighted, type Random, uuid } from "./random.ts";

/** An emission at its time. */
export type Emission = { readonly atMs: number; readonly emit: (telemetry: Telemetry) => void };
export type Session = {
	readonly id: string;
	readonly person: Person;
	readonly daysAgo: number;
	readonly emissions: readonly Emission[];
};

/** Weight, chance to fail, typical milliseconds, and the kind of its failure. */
const tools = [
	{ name: "Read", weight: 30, fails: 0.012, ms: 18, failure: "FileNotFoundError" },
	{ name: "Bash", weight: 25, fails: 0.085, ms: 2400, failure: "ShellError" },
	{ name: "Edit", weight: 17, fails: 0.03, ms: 35, failure: "StringNotFoundError" },
	{ name: "Grep", weight: 12, fails: 0.004, ms: 70, failure: "TimeoutError" },
	{ name: "Write", weight: 6, fails: 0.01, ms: 28, failure: "PermissionError" },
	{ name: "Agent", weight: 3, fails: 0.02, ms: 41_000, failure: "AbortError" },
	{ name: "WebFetch", weight: 3, fails: 0.11, ms: 3100, failure: "FetchError" },
	{ name: "mcp_tool", weight: 2.5, fails: 0.05, ms: 640, failure: "McpToolCallError" },
	{ name: "Skill", weight: 1.5, fails: 0, ms: 12, failure: "" },
];
const languages = ["TypeScript", "TypeScript", "Go", "Python", "Kotlin", "Swift", "SQL", "Markdown", "YAML"];

/** Counters of some sessions lose their last words on the way, so that there is something to reconcile. */
export const losesCounters = (id: string): boolean => /^[0-3]7/.test(id);

export type SessionPlan = {
	readonly person: Person;
	readonly startMs: number;
	readonly daysAgo: number;
	readonly prompts: number;
	/** Turns of the model in one prompt, at most. */
	readonly turns: number;
	readonly random: Random;
};

type Tool = (typeof tools)[number];

/** Generates a session from its start to its last prompt: the emissions of one process, in order. */
export const sessionOf = (plan: SessionPlan): Session => new Script(plan).play();

/** A session while it is generated. */
class Script {
	readonly #plan: SessionPlan;
	readonly #id: string;
	readonly #emissions: Emission[] = [];
	readonly #model: Model;
	#clock: number;
	/** Tokens in the context window. */
	#context = 48_000;

	constructor(plan: SessionPlan) {
		this.#plan = plan;
		this.#id = uuid(plan.random);
		this.#clock = plan.startMs;
		this.#model = plan.random() < shareOfOpus(plan.daysAgo) ? opus : sonnet;
	}

	play(): Session {
		const { person, daysAgo, prompts, random } = this.#plan;
		this.#emit((telemetry) => {
			telemetry.startSession(this.#id);
			telemetry.sessionCount.add(1, { start_type: "fresh" });
		});
		if (person.usesMcp) connect(this.#emit, daysAgo, random);
		for (let index = 0; index < prompts; index++) this.#prompt(index === 0);
		return { id: this.#id, person, daysAgo, emissions: this.#emissions };
	}

	readonly #emit = (emit: Emission["emit"]): void => {
		this.#emissions.push({ atMs: Math.round(this.#clock), emit });
	};

	#prompt(isFirst: boolean): void {
		const { random, turns } = this.#plan;
		const beganMs = this.#clock;
		const length = Math.round(20 + random() ** 2 * 700);
		const promptId = uuid(random);
		this.#emit((telemetry) => {
			telemetry.startPrompt(promptId);
			telemetry.userPrompt({ prompt_length: length, prompt: "-" });
		});
		if (isFirst) this.#request(haiku, "generate_session_title");
		for (let turn = 1 + Math.floor(random() ** 1.4 * turns); turn > 0; turn--) {
			this.#request(this.#model, "repl_main_thread");
			if (turn > 1) this.#useTool();
			else this.#answer();
		}
		const workedSeconds = (this.#clock - beganMs) / 1000;
		this.#emit((telemetry) => {
			telemetry.activeTime.add(workedSeconds, { type: "cli" });
			telemetry.activeTime.add(workedSeconds * 0.22 + length / 20, { type: "user" });
		});
		if (this.#context > 150_000) this.#compact();
		this.#clock += 20_000 + random() ** 3 * 900_000;
	}

	#tokens(isMain: boolean): Tokens {
		const { random } = this.#plan;
		return {
			input: Math.round(4 + random() * (isMain ? 60 : 900)),
			output: Math.round((isMain ? 90 : 30) + random() ** 3 * (isMain ? 4200 : 240)),
			cacheRead: isMain ? this.#context : Math.round(random() * 3000),
			cacheCreation: isMain ? Math.round(1500 + random() * 16_000) : 0,
		};
	}

	#request(model: Model, source: string): void {
		const { random, daysAgo } = this.#plan;
		const isMain = source === "repl_main_thread";
		const tokens = this.#tokens(isMain);
		if (isMain) this.#context = Math.min(180_000, this.#context + tokens.cacheCreation + tokens.output);
		const durationMs = Math.round(600 + (tokens.output / model.tokensPerSecond) * 1000 + random() * 900);
		this.#clock += durationMs;
		const about = { model: model.name, duration_ms: durationMs, query_source: source, speed: "normal", effort: "medium" };
		if (random() < shareOfErrors(daysAgo, this.#clock)) {
			const [status, error] = random() < 0.8 ? ([529, "Overloaded"] as const) : ([500, "Internal server error"] as const);
			this.#emit((telemetry) => telemetry.apiError({ ...about, error, status_code: status, attempt: 10 }));
			this.#clock += 2500;
			return;
		}
		const micros = microsOf(model, tokens);
		const sent = {
			...about,
			cost_usd: micros / 1e6,
			cost_usd_micros: micros,
			input_tokens: tokens.input,
			output_tokens: tokens.output,
			cache_read_tokens: tokens.cacheRead,
			cache_creation_tokens: tokens.cacheCreation,
			request_id: `req_011C${hex(random, 20)}`,
			ttft_ms: Math.round(380 + random() * 700),
		};
		const isLost = losesCounters(this.#id) && this.#emissions.length > 40;
		this.#emit((telemetry) => {
			telemetry.apiRequest(sent);
			if (isLost) return;
			const spent = { model: model.name, query_source: isMain ? "main" : "auxiliary", effort: "medium" };
			telemetry.costUsage.add(micros / 1e6, spent);
			for (const [type, count] of Object.entries(tokens)) telemetry.tokenUsage.add(count, { ...spent, type });
		});
	}

	#useTool(): void {
		const { random } = this.#plan;
		const tool = pickWeighted(random, tools);
		const isEdit = tool.name === "Edit" || tool.name === "Write";
		const isAsked = isEdit || tool.name === "Bash";
		const decision = isEdit && random() < 0.04 ? "reject" : "accept";
		const source = isAsked && random() < 0.35 ? "user_temporary" : "config";
		const about = { tool_name: tool.name, tool_use_id: `toolu_01${hex(random, 22)}` };
		const language = pick(random, languages);
		this.#emit((telemetry) => {
			telemetry.toolDecision({ ...about, decision, source, tool_source: tool.name === "mcp_tool" ? "mcp" : "builtin" });
			if (isEdit) telemetry.codeEditToolDecision.add(1, { tool_name: tool.name, decision, source, language });
		});
		if (decision === "accept") this.#runTool(tool, about, isEdit);
	}

	#runTool(tool: Tool, about: { readonly tool_name: string; readonly tool_use_id: string }, isEdit: boolean): void {
		const { random, daysAgo } = this.#plan;
		const isMcp = tool.name === "mcp_tool";
		const isFailed = random() < (isMcp && isMcpBroken(daysAgo) ? 0.85 : tool.fails);
		const durationMs = Math.round(tool.ms * (0.3 + random() ** 4 * 9 + random()));
		this.#clock += durationMs;
		const [added, removed] = [Math.round(2 + random() ** 2 * 46), Math.round(random() ** 2 * 19)];
		const isCommit = tool.name === "Bash" && !isFailed && random() < 0.2;
		const isPull = isCommit && random() < 0.3;
		const sizes = {
			tool_input_size_bytes: Math.round(40 + random() * 900),
			tool_result_size_bytes: Math.round(random() ** 2 * 9000),
		};
		const model = this.#model.name;
		this.#emit((telemetry) => {
			const failure = isFailed && { error_type: tool.failure };
			telemetry.toolResult({ ...about, ...sizes, success: !isFailed, duration_ms: durationMs, ...failure });
			if (isEdit && !isFailed) {
				telemetry.linesOfCode.add(added, { type: "added", model });
				telemetry.linesOfCode.add(removed, { type: "removed", model });
			}
			if (isCommit) telemetry.commitCount.add(1);
			if (isPull) telemetry.pullRequestCount.add(1);
		});
		if (tool.name === "Agent" && !isFailed) this.#runSubagent(durationMs);
	}

	#runSubagent(durationMs: number): void {
		this.#request(haiku, "agent:builtin:general-purpose");
		const completed = { agent_type: "general-purpose", duration_ms: durationMs, total_tool_uses: 3, model: haiku.name };
		this.#emit((telemetry) => telemetry.subagentCompleted(completed));
	}

	#answer(): void {
		const length = Math.round(80 + this.#plan.random() ** 2 * 2400);
		const answered = { response_length: length, model: this.#model.name, query_source: "repl_main_thread" };
		this.#emit((telemetry) => telemetry.assistantResponse(answered));
	}

	#compact(): void {
		const [pre_tokens, post_tokens] = [this.#context, 52_000];
		this.#context = post_tokens;
		const compacted = { trigger: "auto", success: true, duration_ms: 9000, pre_tokens, post_tokens };
		this.#emit((telemetry) => telemetry.compaction(compacted));
	}
}

function connect(act: (emit: Emission["emit"]) => void, daysAgo: number, random: Random): void {
	const isBroken = isMcpBroken(daysAgo) && random() < 0.7;
	act((telemetry) =>
		telemetry.mcpServerConnection({
			status: isBroken ? "failed" : "connected",
			transport_type: "http",
			server_scope: "project",
			duration_ms: isBroken ? 30_000 : Math.round(120 + random() * 500),
			...(isBroken && { error_code: "ECONNREFUSED" }),
		}),
	);
}
