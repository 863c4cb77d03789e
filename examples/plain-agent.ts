/**
 * A small agent that reports as Claude Code does: sessions, prompts, requests, tools, cost and spans. Its model is a function
 * below that needs no network; everything that is said to `telemetry` is what an agent with a real model would say.
 *
 *     node examples/plain-agent.ts "Say hello in German"
 *
 * What is sent, and where to, is said by the variables that Claude Code knows: docs/client.md. Without them nothing is.
 */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { createTelemetry, type SpanHandle } from "@purser/client";

const session = randomUUID();
const telemetry = createTelemetry({
	service: { name: "plain-agent", version: "1.4.0" },
	session,
	identity: { email: "ada@example.com" },
	workplace: { entrypoint: "cli", provider: "firstParty" },
});

/** A user gives the agent a task: all its work belongs to one prompt, and one trace. */
async function answer(prompt: string): Promise<string> {
	const begun = performance.now();
	telemetry.startPrompt();
	const turn = telemetry.interaction({ user_prompt: prompt, user_prompt_length: prompt.length });
	telemetry.userPrompt({ prompt, prompt_length: prompt.length }, { span: turn });
	const heard: Heard[] = [prompt];
	try {
		for (;;) {
			const reply = await ask(heard, turn);
			heard.push(reply);
			if (reply.calls.length === 0) return reply.text;
			for (const call of reply.calls) heard.push(await use(call, turn));
		}
	} finally {
		const tookMs = performance.now() - begun;
		telemetry.activeTime.add(tookMs / 1000, { type: "cli" });
		turn.end({ "interaction.duration_ms": tookMs });
	}
}

/** One request to the model. Its event is what cost and tokens are counted from; the counters are for metrics backends. */
async function ask(heard: readonly Heard[], turn: SpanHandle): Promise<Reply> {
	const begun = performance.now();
	const request = telemetry.llmRequest({ model: model.name, query_source_safe: "sdk" }, { parent: turn });
	try {
		const reply = await model.reply(heard);
		const duration_ms = performance.now() - begun;
		const { input, output, cacheRead, cacheCreation } = reply.tokens;
		const cost_usd =
			(input * price.input + output * price.output + cacheRead * price.cacheRead + cacheCreation * price.cacheCreation) / 1e6;
		const tokens = {
			input_tokens: input,
			output_tokens: output,
			cache_read_tokens: cacheRead,
			cache_creation_tokens: cacheCreation,
		};
		const common = { model: model.name, request_id: reply.requestId, duration_ms };
		telemetry.apiRequest(
			{ ...common, ...tokens, cost_usd, cost_usd_micros: cost_usd * 1e6, query_source: "sdk" },
			{ span: request },
		);
		telemetry.costUsage.add(cost_usd, { model: model.name, query_source: "main" });
		for (const type of ["input", "output", "cacheRead", "cacheCreation"] as const)
			telemetry.tokenUsage.add(reply.tokens[type], { type, model: model.name, query_source: "main" });
		if (reply.text !== "") {
			const text = { response: reply.text, response_length: reply.text.length };
			telemetry.assistantResponse({ ...text, model: model.name, request_id: reply.requestId }, { span: request });
		}
		request.end({ ...common, ...tokens, success: true, "response.has_tool_call": reply.calls.length > 0 });
		return reply;
	} catch (error) {
		const failure = { model: model.name, error: String(error), status_code: 529, duration_ms: performance.now() - begun };
		telemetry.apiError({ ...failure, attempt: 1, query_source: "sdk" }, { span: request });
		request.end({ ...failure, success: false }, { error: String(error) });
		throw error;
	}
}

/** One tool call: its permission and its result. A refused one has a decision, but no result. */
async function use({ id, tool, input }: Call, turn: SpanHandle): Promise<Result> {
	const called = { tool_name: tool, tool_use_id: id };
	const span = telemetry.tool(called, { parent: turn });
	const isAllowed = !input.startsWith("git push");
	const decision = isAllowed ? "accept" : "reject";
	telemetry.toolDecision({ ...called, decision, source: "config", tool_source: "builtin" }, { span });
	if (!isAllowed) {
		span.end();
		return { id, output: "not allowed" };
	}
	const begun = performance.now();
	const run = telemetry.toolExecution({ tool_use_id: id }, { parent: span });
	const { output, error, errorType } = await runTool(tool, input, run);
	const duration_ms = performance.now() - begun;
	// A span's status is sent unchanged: the kind of error, not its text.
	run.end({ success: !error, duration_ms, error_class: errorType }, errorType === undefined ? {} : { error: errorType });
	const sizes = { tool_input_size_bytes: Buffer.byteLength(input), tool_result_size_bytes: Buffer.byteLength(output) };
	// What it was called with and the error's text only go out if OTEL_LOG_TOOL_DETAILS says so.
	telemetry.toolResult(
		{ ...called, ...sizes, success: !error, duration_ms, tool_input: input, error, error_type: errorType },
		{ span },
	);
	span.end({ duration_ms, full_command: tool === "Bash" ? input : undefined });
	return { id, output };
}

type Outcome = { readonly output: string; readonly error?: string; readonly errorType?: string };

async function runTool(tool: string, input: string, within: SpanHandle): Promise<Outcome> {
	if (tool === "Edit") {
		telemetry.linesOfCode.add(2, { type: "added", model: model.name });
		telemetry.linesOfCode.add(1, { type: "removed", model: model.name });
		telemetry.codeEditToolDecision.add(1, { tool_name: tool, decision: "accept", source: "config", language: "Markdown" });
		return { output: "edited" };
	}
	try {
		// What it starts belongs to the same trace, and does not inherit the agent's own OTEL_* variables.
		const env = telemetry.environmentFor(process.env, within);
		const { stdout } = await promisify(execFile)("sh", ["-c", input], { env });
		return { output: stdout };
	} catch (error) {
		return { output: "", error: String(error), errorType: "ShellError" };
	}
}

type Call = { readonly id: string; readonly tool: string; readonly input: string };
type Tokens = Readonly<Record<"input" | "output" | "cacheRead" | "cacheCreation", number>>;
type Reply = { readonly requestId: string; readonly text: string; readonly calls: readonly Call[]; readonly tokens: Tokens };
type Result = { readonly id: string; readonly output: string };
type Heard = string | Reply | Result;

/** USD per million tokens. */
const price: Tokens = { input: 5, output: 25, cacheRead: 0.5, cacheCreation: 6.25 };

/** A stand-in for a model: it calls tools twice and then answers; once it is overloaded. */
const model = {
	name: "claude-opus-4-5",
	reply: async (heard: readonly Heard[]): Promise<Reply> => {
		if (String(heard[0]).startsWith("Overload")) throw new Error("Overloaded");
		const step = heard.filter((one) => typeof one === "object" && "tokens" in one).length;
		return [
			{
				requestId: "req_1",
				text: "",
				calls: [
					{ id: "toolu_1", tool: "Bash", input: 'echo "Hello. $TRACEPARENT"' },
					{ id: "toolu_2", tool: "Bash", input: "exit 3" },
				],
				tokens: { input: 12, output: 85, cacheRead: 0, cacheCreation: 4321 },
			},
			{
				requestId: "req_2",
				text: "I'll translate it.",
				calls: [
					{ id: "toolu_3", tool: "Edit", input: '{"file_path":"greeting.md"}' },
					{ id: "toolu_4", tool: "Bash", input: "git push" },
				],
				tokens: { input: 40, output: 210, cacheRead: 4321, cacheCreation: 160 },
			},
			{
				requestId: "req_3",
				text: "Hallo.",
				calls: [],
				tokens: { input: 7, output: 11, cacheRead: 4481, cacheCreation: 95 },
			},
		][step]!;
	},
};

telemetry.sessionCount.add(1, { start_type: "fresh" });
for (const prompt of process.argv.slice(2)) console.log(await answer(prompt).catch(String));
// Sends what waits, for as long as variables allow, and never fails. Without it the last seconds of a session are missing.
await telemetry.shutdown();
console.log(JSON.stringify({ session, status: telemetry.status() }));
