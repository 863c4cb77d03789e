import type { Context, Span, TracerProvider } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { type SpanDefinition, scopes, span, spanAttributes } from "@purser/contract";
import type { Content } from "../configuration/content.ts";
import type { DeliveryStats } from "../export/delivery-stats.ts";
import { api } from "../sdk.ts";
import { definitionsOf } from "./definitions.ts";
import type { SpanHandle, Spans } from "./derived.ts";
import { type Encode, encoderOf, type Given, sizeOf, timeOf, type WireAttributes } from "./encode-attributes.ts";
import type { Guard } from "./guard.ts";

const tracerScope = scopes.find(({ signal }) => signal === "traces")!;

export type SpanContext = {
	readonly content: Content;
	readonly standard: () => WireAttributes;
	readonly session: () => string;
	readonly nowMs: () => number;
	/** The context of a caller, whose child the root is. */
	readonly caller: Context;
	/** Names of spans that are not sent. */
	readonly withheld: ReadonlySet<string>;
	readonly stats: DeliveryStats;
};

type Start = { readonly at?: number | Date; readonly parent?: SpanHandle };
type Ending = { readonly at?: number | Date; readonly error?: string };

const handles = new WeakMap<SpanHandle, Span>();
/** Returns the SDK's span of a handle; undefined for handles that do nothing. */
export const spanOf = (handle: SpanHandle | undefined): Span | undefined => handle && handles.get(handle);

const nothing = () => undefined;
/** A span of nothing, where nothing is traced. */
export const noSpan: SpanHandle = Object.freeze({ traceparent: undefined, set: nothing, event: nothing, end: nothing });

/** One method for each kind of span. What is known of a span without being said is said for it. */
export function spansOf(provider: TracerProvider, surroundings: SpanContext, guard: Guard): Spans {
	const { content, standard, session, nowMs, caller, withheld } = surroundings;
	const { trace } = api();
	const tracer = provider.getTracer(tracerScope.name, tracerScope.version);
	let interactions = 0;
	const known = (name: string): WireAttributes => ({
		...standard(),
		"span.type": name.replace("claude_code.", ""),
		"gen_ai.provider.name": "anthropic",
		"gen_ai.conversation.id": session(),
		...(name === "claude_code.interaction" && {
			"gen_ai.operation.name": "invoke_agent",
			"interaction.sequence": ++interactions,
			"parent.source": trace.getSpanContext(caller) ? "env" : "none",
		}),
		...(name === "claude_code.tool" && { "gen_ai.operation.name": "execute_tool" }),
	});
	const starters = definitionsOf<SpanDefinition>(span).map(([method, definition]) => {
		const { name } = definition;
		const encode = encoderOf([...spanAttributes.map((attribute) => ({ attribute })), ...definition.attributes], content);
		const notes = notesOf(definition, content);
		const start = (given?: Given, { at = nowMs(), parent }: Start = {}): SpanHandle => {
			if (withheld.has(name)) return noSpan;
			const startTime = timeOf(at);
			const attributes = known(name);
			encode(given, attributes);
			const above = spanOf(parent);
			const inside = above ? trace.setSpan(caller, above) : caller;
			return handleOf(tracer.startSpan(name, { attributes, startTime }, inside), encode, notes, surroundings, guard);
		};
		return [method, guard(start, noSpan)];
	});
	return Object.fromEntries(starters) as Spans;
}

/** The contract's timed notes inside a span by their names; undefined: not to be sent. */
const notesOf = ({ events = [] }: SpanDefinition, content: Content): ReadonlyMap<string, Encode | undefined> =>
	new Map(
		events.map(({ name, attributes, gate }) => [
			name,
			gate === undefined || content.open.has(gate) ? encoderOf(attributes, content) : undefined,
		]),
	);

function handleOf(
	own: Span,
	encode: Encode,
	notes: ReadonlyMap<string, Encode | undefined>,
	{ content, nowMs, stats }: SpanContext,
	guard: Guard,
): SpanHandle {
	const encoded = (by: Encode, given: Given | undefined): WireAttributes => {
		const attributes: WireAttributes = {};
		by(given, attributes);
		return attributes;
	};
	const anyNote = encoderOf([], content);
	let isEnded = false;
	const set = (more?: Given): void => void own.setAttributes(encoded(encode, more));
	const event = (name: string, more?: Given, at: number | Date = nowMs()): void => {
		const note = notes.has(name) ? notes.get(name) : anyNote;
		if (note) own.addEvent(String(name), encoded(note, more), timeOf(at));
	};
	const end = (more?: Given, { at = nowMs(), error }: Ending = {}): void => {
		if (isEnded) return;
		const endTime = timeOf(at);
		set(more);
		if (error !== undefined) own.setStatus({ code: api().SpanStatusCode.ERROR, message: String(error) });
		isEnded = true;
		if (stats.enqueued(spanSize(own as unknown as ReadableSpan))) own.end(endTime);
	};
	const { traceId, spanId, traceFlags } = own.spanContext();
	const handle: SpanHandle = Object.freeze({
		traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`,
		set: guard(set, undefined),
		event: guard(event, undefined),
		end: guard(end, undefined),
	});
	handles.set(handle, own);
	return handle;
}

const spanSize = ({ attributes, events }: ReadableSpan): number =>
	events.reduce((size, { attributes: own = {} }) => size + sizeOf(own), sizeOf(attributes));
