import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openCollector } from "./collector.ts";
import { emitted } from "./emit-everything.ts";
import { type Check, effectsOn, has, lacks, notes, without } from "./variable-effects.ts";

/** Content switches and limits. All content is off by default. */
const collector = await openCollector();
afterAll(() => collector.close());
const f = effectsOn(() => collector);
const redacted = "string <REDACTED>";

test("without any variable no content is sent", async () => {
	const all = await emitted(collector, {});
	const text = JSON.stringify(all.records);
	for (const secret of ["Load the loom", "It is loaded", "weave", "xxxxx", "shuttle.ts", "what the file says", "wiki", '"env"'])
		expect(text).not.toContain(secret);
	has("user_prompt", { prompt: redacted, prompt_length: "string 13" })(all);
	has("claude_code.interaction", { user_prompt: redacted })(all);
	has("claude_code.token.usage", { "mcp_server.name": "string custom" })(all);
});

f("OTEL_LOG_USER_PROMPTS", "1", (all) => {
	has("user_prompt", { prompt: "string Load the loom" })(all);
	has("claude_code.interaction", { user_prompt: "string Load the loom" })(all);
	has("assistant_response", { response: "string It is loaded" })(all);
	lacks("tool_result", "tool_parameters")(all);
});
f("OTEL_LOG_USER_PROMPTS", "0", has("user_prompt", { prompt: redacted }));
f(
	"OTEL_LOG_USER_PROMPTS",
	"all",
	notes("cannot use OTEL_LOG_USER_PROMPTS: it says neither 1 nor 0; it counts as 0", has("user_prompt", { prompt: redacted })),
);
f("OTEL_LOG_ASSISTANT_RESPONSES", "1", (all) => {
	has("assistant_response", { response: "string It is loaded" })(all);
	has("user_prompt", { prompt: redacted })(all);
});
f("OTEL_LOG_ASSISTANT_RESPONSES", "0", has("assistant_response", { response: redacted }), { OTEL_LOG_USER_PROMPTS: "1" });
f("OTEL_LOG_TOOL_DETAILS", "1", (all) => {
	has("tool_result", { tool_parameters: 'string {"bash_command":"weave"}' })(all);
	has("claude_code.tool", { file_path: "string /loom/shuttle.ts" })(all);
	has("claude_code.token.usage", { "mcp_server.name": "string wiki" })(all);
	has("user_prompt", { prompt: redacted })(all);
});
const toolNotes =
	(...expected: object[]): Check =>
	({ records }) =>
		expect(records.find(({ name }) => name === "claude_code.tool")?.more["events"]).toMatchObject(expected);
f("OTEL_LOG_TOOL_CONTENT", "1", toolNotes({ name: "tool.output", attributes: { content: "string what the file says" } }));
f("OTEL_LOG_TOOL_CONTENT", "", toolNotes());
f("OTEL_LOG_MANAGED_SETTINGS", "1", has("managed_settings_resolved", { "managed_settings.settings": 'string {"env":{}}' }));
f("OTEL_LOG_MANAGED_SETTINGS", "", lacks("managed_settings_resolved", "managed_settings.settings"));

const body = JSON.stringify({ text: "x".repeat(100) });
f("OTEL_LOG_RAW_API_BODIES", "1", (all) => {
	has("api_request_body", { body: `string ${body}`, body_length: "int 111", model: "string claude-opus-5-5" })(all);
	// Who consents to whole bodies consents to their parts.
	has("user_prompt", { prompt: "string Load the loom" })(all);
	has("tool_result", { tool_parameters: 'string {"bash_command":"weave"}' })(all);
});
f("OTEL_LOG_RAW_API_BODIES", "", without("api_request_body"));
f(
	"OTEL_LOG_RAW_API_BODIES",
	"yes",
	notes("cannot use OTEL_LOG_RAW_API_BODIES: it has to be 1 or file:<folder>; no bodies are sent", without("api_request_body")),
);
f("OTEL_LOG_RAW_API_BODIES", "1", has("api_request_body", { body_truncated: "bool true", body_length: "int 111" }), {
	CLAUDE_CODE_OTEL_CONTENT_MAX_LENGTH: "80",
});

const folder = join(mkdtempSync(join(tmpdir(), "purser-client-bodies-")), "deep");
f("OTEL_LOG_RAW_API_BODIES", `file:${folder}`, (all) => {
	lacks("api_request_body", "body", "body_truncated")(all);
	const [file] = readdirSync(folder).filter((name) => name.endsWith(".json"));
	const path = join(folder, file!);
	expect(readFileSync(path, "utf8")).toBe(body);
	has("api_request_body", { body_ref: `string ${path}`, body_length: "int 111" })(all);
	const lines = readFileSync(join(folder, "index.jsonl"), "utf8").trim().split("\n");
	const session_id = all.attributes("api_request_body")!["session.id"]!.replace("string ", "");
	const timestamp = all.attributes("api_request_body")!["event.timestamp"]!.replace("string ", "");
	expect(lines.map((line) => JSON.parse(line))).toEqual([
		{ timestamp, session_id, model: "claude-opus-5-5", request_file: path },
	]);
});
test("OTEL_LOG_RAW_API_BODIES=file: of a folder that cannot be made loses the event, and says so", async () => {
	const { status } = await emitted(collector, { OTEL_LOG_RAW_API_BODIES: "file:/dev/null/x" });
	expect(status).toMatchObject({ invalidCalls: 1, lastInvalidCall: expect.stringMatching(/ENOTDIR|EEXIST/) });
});

const bodies = { OTEL_LOG_RAW_API_BODIES: "1" };
const cutAt =
	(length: number): Check =>
	(all) => {
		const sent = all.attributes("api_request_body")!["body"]!.replace("string ", "");
		expect(sent).toHaveLength(length);
		if (length < body.length) expect(sent).toContain("[TRUNCATED".slice(0, length));
	};
f("CLAUDE_CODE_OTEL_CONTENT_MAX_LENGTH", "80", cutAt(80), bodies);
f("CLAUDE_CODE_OTEL_CONTENT_MAX_LENGTH", "7", cutAt(7), bodies);
f(
	"CLAUDE_CODE_OTEL_CONTENT_MAX_LENGTH",
	"short",
	notes(
		'cannot use CLAUDE_CODE_OTEL_CONTENT_MAX_LENGTH: "short" is not a whole number from 1 to 2147483647; 61440 is used',
		cutAt(111),
	),
	bodies,
);
f("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "90", cutAt(90), bodies);
f("OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "85", cutAt(85), { ...bodies, OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: "90" });
f("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "70", cutAt(70), { ...bodies, CLAUDE_CODE_OTEL_CONTENT_MAX_LENGTH: "80" });
test("content is cut at 61440 characters", async () => {
	const long = { OTEL_LOG_RAW_API_BODIES: "1" };
	const all = await emitted(collector, long, {}, (telemetry) => telemetry.apiRequestBody({ body: "y".repeat(61_441) }));
	const sent = all.attributes("api_request_body")!["body"]!.replace("string ", "");
	expect([sent.length, sent.replace(/^y+/, "")]).toEqual([61_440, "[TRUNCATED - Content exceeds 60KB limit]"]);
});
