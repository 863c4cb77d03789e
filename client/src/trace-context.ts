import type { Context } from "@opentelemetry/api";
import type { Env, Note } from "./configuration/values.ts";
import type { SpanHandle } from "./emit/derived.ts";
import { api } from "./sdk.ts";

/**
 * Reads the parent's trace context from the environment; an interactive agent has no parent. Source:
 * https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function parentContext(env: Env, isInteractive: boolean, note: Note): Context {
	const { createTraceState, isSpanContextValid, ROOT_CONTEXT, trace } = api();
	const text = env["TRACEPARENT"]?.trim();
	if (isInteractive || !text) return ROOT_CONTEXT;
	const [, traceId = "", spanId = "", flags = "0"] =
		/^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(text) ?? [];
	const state = env["TRACESTATE"];
	const caller = {
		traceId,
		spanId,
		traceFlags: Number.parseInt(flags, 16),
		isRemote: true,
		...(state && { traceState: createTraceState(state) }),
	};
	if (isSpanContextValid(caller)) return trace.setSpanContext(ROOT_CONTEXT, caller);
	note("cannot use TRACEPARENT: it is not as W3C Trace Context has it; a new trace begins");
	return ROOT_CONTEXT;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Without OTEL_*, which is the agent's own, and with the trace that a program which is started belongs to, if there is one. */
export function environmentFor(env: Environment, within?: SpanHandle): Record<string, string | undefined> {
	const all = withEverything(env);
	const others = Object.entries(all).filter(([name]) => !/^(OTEL_|TRACE(PARENT|STATE)$)/.test(name));
	return { ...Object.fromEntries(others), ...(within?.traceparent && { TRACEPARENT: within.traceparent }) };
}

/** A copy. What is no environment at all is the host's matter, and never an error of ours. */
export function withEverything(env: Environment): Record<string, string | undefined> {
	try {
		return { ...env };
	} catch {
		return {};
	}
}
