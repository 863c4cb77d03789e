/**
 * An agent on an agent SDK, made to report with two lines: the observer's options go into `query`, and its messages come out again.
 *
 *     node examples/agent-sdk.ts examples/agent-sdk-messages.jsonl
 *
 * `query` below plays a file, because the real one needs a key. With the SDK installed it is
 * `import { query } from "@anthropic-ai/claude-agent-sdk"`, called the same way.
 *
 * **Do not use it with the Claude Agent SDK itself**: that one starts Claude Code, which reports by itself as soon as the variables
 * are set, and everything would be reported twice. It is for SDKs of the same shape that report nothing, and for where Claude Code's own
 * telemetry has to stay off (`env: { ...process.env, CLAUDE_CODE_ENABLE_TELEMETRY: "" }` in the SDK's options).
 */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createTelemetry } from "@purser/client";
import { type HookInput, observe } from "./agent-sdk-observer.ts";

const telemetry = createTelemetry({
	service: { name: "my-agent", version: "0.3.0" },
	identity: { email: "grace@example.com" },
	workplace: { entrypoint: "sdk-ts", provider: "firstParty" },
});
const observer = observe(telemetry);

for await (const message of observer.messages(query({ prompt: process.argv[2]!, options: observer.options }))) {
	const { type, result } = message as { type: string; result?: string };
	if (type === "result") console.log(result);
}
await telemetry.shutdown();
console.log(JSON.stringify(telemetry.status()));

/** Each line of the file is a message, or what a hook is called with. */
async function* query({ prompt: file, options }: { prompt: string; options: typeof observer.options }): AsyncGenerator<unknown> {
	for await (const line of createInterface({ input: createReadStream(file) })) {
		const played = JSON.parse(line) as { readonly hook?: HookInput };
		if (!played.hook) yield played;
		else for (const { hooks } of options.hooks[played.hook.hook_event_name]) for (const hook of hooks) await hook(played.hook);
	}
}
