import { countOf, type Env, flagOf, type Note } from "./values.ts";

/** Switches for content. All are off by default. */
export type Content = {
	/** The gates that are open, by the names of their variables, as definitions of the contract have them. */
	readonly open: ReadonlySet<string>;
	/** UTF-16 code units of one text, the mark of its truncation included. */
	readonly maxLength: number;
	/** Whole bodies of requests: within the event, or in files of a folder. */
	readonly rawBodies?: "inline" | { readonly folder: string };
};

const prompts = "OTEL_LOG_USER_PROMPTS";
const responses = "OTEL_LOG_ASSISTANT_RESPONSES";
const bodies = "OTEL_LOG_RAW_API_BODIES";
const detailed = "ENABLE_BETA_TRACING_DETAILED";
const limits = ["OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT"];
const spanLimit = "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT";
const presetLength = 61_440;

export function contentOf(env: Env, note: Note): Content {
	const rawBodies = rawBodiesOf(env, note);
	const gates = {
		[prompts]: flagOf(env, prompts, false, note),
		OTEL_LOG_TOOL_DETAILS: flagOf(env, "OTEL_LOG_TOOL_DETAILS", false, note),
		OTEL_LOG_TOOL_CONTENT: flagOf(env, "OTEL_LOG_TOOL_CONTENT", false, note),
		OTEL_LOG_MANAGED_SETTINGS: flagOf(env, "OTEL_LOG_MANAGED_SETTINGS", false, note),
		[detailed]: flagOf(env, detailed, false, note),
	};
	const isResponses = flagOf(env, responses, gates[prompts]!, note);
	const open = Object.entries({ ...gates, [responses]: isResponses }).flatMap(([name, isOpen]) => (isOpen ? [name] : []));
	// Who consents to whole bodies consents to their parts.
	const all = rawBodies ? [...Object.keys(gates).filter((name) => name !== detailed), responses, bodies] : [];
	const lengths = ["CLAUDE_CODE_OTEL_CONTENT_MAX_LENGTH", ...limits, spanLimit].flatMap((name) =>
		env[name] ? [countOf(env, name, presetLength, note)] : [],
	);
	const maxLength = Math.min(...(env["CLAUDE_CODE_OTEL_CONTENT_MAX_LENGTH"] ? lengths : [presetLength, ...lengths]));
	return { open: new Set([...open, ...all]), maxLength, ...(rawBodies && { rawBodies }) };
}

function rawBodiesOf(env: Env, note: Note): Content["rawBodies"] {
	const text = env[bodies]?.trim() ?? "";
	if (text.startsWith("file:") && text.length > 5) return { folder: text.slice(5) };
	if (text === "" || text === "0" || text === "false") return undefined;
	if (text === "1" || text === "true") return "inline";
	note(`cannot use ${bodies}: it has to be 1 or file:<folder>; no bodies are sent`);
	return undefined;
}
