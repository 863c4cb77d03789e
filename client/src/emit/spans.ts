import type { Context, Span, TracerProvider } from "@opentelemetry/api";
import { type SpanDefinition, scopes, span, spanAttributes } from "@purser/contract";
import type { Content } from "../configuration/content.ts";
import type { Ledger } from "../export/ledger.ts";
import { api } from "../sdk.ts";
import type { SpanHandle, Spans } from "./derived.ts";
import { definitionsOf, type Guard } from "./metrics.ts";
import { encoderOf, type Given, type WireAttributes } from "./wire.ts";

const tracerScope = scopes.find(({ signal }) => signal === "traces")!;

export type SpanSurroundings = {
	readonly content: Content;
	readonly standard: () => WireAttributes;
	readonly session: () => string;
	readonly nowMs: () => number;
	/** The context of a caller, whose child the root is. */
	readonly caller: Context;
	readonly ledger: Ledger;
};

const handles = new WeakMap<SpanHandle, Span>();
/** What the SDK knows a handle as; undefined for those that do nothing. */
export const spanOf = (handle: SpanHandle | undefined): Span | undefined => handle && handles.get(handle);

/** One method for each kind of span. What is known of a span without being said is said for it. */
export function spansOf(provider: TracerProvider, surroundings: SpanSurroundings, guard: Guard): Spans {
	const { content, standard, session, nowMs, caller, ledger } = surroundings;
	const tracer = provider.getTracer(tracerScope.name, tracerScope.version);
	let interactions = 0;
	const starters = definitionsOf<SpanDefinition>(span).map(([method, definition]) => {
		const encode = encoderOf([...spanAttributes.map((attribute) => ({ attribute })), ...definition.attributes], content);
		const notes = new Map(
			(definition.events ?? []).map(({ name, attributes, gate }) => [
				name,
				{ encode: encoderOf(attributes, content), isOpen: gate === undefined || content.open.has(gate) },
			]),
		);
		const encoded = (given: Given | undefined): WireAttributes => {
			const attributes: WireAttributes = {};
			encode(given, attributes);
			return attributes;
		};
		const start = (given?: Given, { at = nowMs(), parent }: { at?: number | Date; parent?: SpanHandle } = {}): SpanHandle => {
			const { trace } = api();
			const above = spanOf(parent);
			const attributes = { ...standard(), "span.type": definition.name.replace("claude_code.", "") } as WireAttributes;
			attributes["gen_ai.provider.name"] = "anthropic";
			attributes["gen_ai.conversation.id"] = session();
			if (definition.name === "claude_code.interaction") {
				interactions += 1;
				Object.assign(attributes, {
					"gen_ai.operation.name": "invoke_agent",
					"interaction.sequence": interactions,
					"parent.source": trace.getSpanContext(caller) ? "env" : "none",
				});
			}
			if (definition.name === "claude_code.tool") attributes["gen_ai.operation.name"] = "execute_tool";
			encode(given, attributes);
			const inside = above ? trace.setSpan(caller, above) : caller;
			const own = tracer.startSpan(definition.name, { attributes, startTime: new Date(at) }, inside);
			const { traceId, spanId, traceFlags } = own.spanContext();
			let isEnded = false;
			const handle: SpanHandle = Object.freeze({
				traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`,
				set: guard((more: Given) => void own.setAttributes(encoded(more))),
				event: guard((name: string, more?: Given, when: number | Date = nowMs()) => {
					const note = notes.get(name);
					if (note && !note.isOpen) return;
					const values: WireAttributes = {};
					if (note) note.encode(more, values);
					own.addEvent(name, values, new Date(when));
				}),
				end: guard((more?: Given, { at: when = nowMs(), error }: { at?: number | Date; error?: string } = {}) => {
					if (isEnded) return;
					isEnded = true;
					own.setAttributes(encoded(more));
					if (error !== undefined) own.setStatus({ code: api().SpanStatusCode.ERROR, message: error });
					ledger.emit();
					own.end(new Date(when));
				}),
			});
			handles.set(handle, own);
			return handle;
		};
		return [method, start];
	});
	return Object.fromEntries(starters) as Spans;
}

const nothing = () => undefined;
/** A span of nothing, where nothing is traced. */
export const noSpan: SpanHandle = Object.freeze({ traceparent: undefined, set: nothing, event: nothing, end: nothing });
