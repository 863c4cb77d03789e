import type { AttributeDefinition, AttributeUse, attribute, event, metric, span } from "@purser/contract";

/** The type of a value as its meaning is; how it is sent (a number as text, a name withheld) is the library's business. */
type ValueOf<Definition extends AttributeDefinition> = {
	string: string;
	int: number;
	double: number;
	boolean: boolean;
	array: readonly string[];
}[Definition["type"]];

type Used<Uses extends readonly AttributeUse[]> = Uses[number]["attribute"];

/** Attributes by their keys on the wire. What is undefined is left out. */
type Attributes<Definition extends AttributeDefinition> = {
	readonly [Each in Definition as Each["key"]]?: ValueOf<Each> | undefined;
};

/** Attributes of any event about the work that it belongs to. */
type Belonging = Attributes<
	| typeof attribute.promptId
	| typeof attribute.agentId
	| typeof attribute.workflowRunId
	| typeof attribute.workflowName
	| typeof attribute.workspaceHostPaths
>;

type Shelf<Kind> = { readonly [Name in keyof Kind as Kind[Name] extends readonly unknown[] ? never : Name]: Kind[Name] };
type AttributesOf<Definition> = Definition extends { readonly attributes: infer Uses extends readonly AttributeUse[] }
	? Attributes<Used<Uses>>
	: never;

/** When it happened, where that is not now; and the span within which it did. */
export type EmitOptions = { readonly at?: number | Date; readonly span?: SpanHandle };

/** `tokenUsage.add(120, { type: "input", model: "claude-opus-5-5" })` */
export type Counter<Values> = { readonly add: (value: number, attributes?: Values) => void };

/** A span that has begun. Ending it twice ends it once; what is not ended is not sent. */
export type SpanHandle<Values = Record<string, unknown>> = {
	/** For the headers and environment of what it calls (W3C Trace Context); undefined while nothing is traced. */
	readonly traceparent: string | undefined;
	readonly set: (attributes: Values) => void;
	/** A timed note inside the span, as `gen_ai.request.attempt`. */
	readonly event: (name: string, attributes?: Readonly<Record<string, unknown>>, at?: number | Date) => void;
	/** With an error, its status is one. */
	readonly end: (attributes?: Values, ending?: { readonly at?: number | Date; readonly error?: string }) => void;
};

export type Counters = { readonly [Name in keyof Shelf<typeof metric>]: Counter<AttributesOf<Shelf<typeof metric>[Name]>> };
export type Events = {
	readonly [Name in keyof Shelf<typeof event>]: (
		attributes?: AttributesOf<Shelf<typeof event>[Name]> & Belonging,
		circumstances?: EmitOptions,
	) => void;
};
export type Spans = {
	readonly [Name in keyof Shelf<typeof span>]: (
		attributes?: AttributesOf<Shelf<typeof span>[Name]>,
		start?: { readonly at?: number | Date; readonly parent?: SpanHandle },
	) => SpanHandle<AttributesOf<Shelf<typeof span>[Name]>>;
};
