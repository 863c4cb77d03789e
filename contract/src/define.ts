/**
 * The shapes of the contract. Every definition is one frozen value; decoder tables, columns, the API's dimensions, the
 * documentation and the client library are derived from them and from nothing else.
 */

/**
 * The type of a value, in whatever type it was sent: senders write numbers and flags as strings, too, depending on their
 * version.
 */
export type AttributeType = "string" | "int" | "double" | "boolean" | "array";

/** `identity` says who, `content` may quote what people or tools wrote, `plain` says neither. */
export type Privacy = "identity" | "content" | "plain";

export type AttributeDefinition = {
	readonly key: string;
	readonly type: AttributeType;
	readonly brief: string;
	readonly privacy: Privacy;
	/** UCUM-like: `ms`, `s`, `By`, `USD`, `{token}`. */
	readonly unit?: string;
	/** The first Claude Code version known to send it. */
	readonly since?: string;
	/** The documented or observed values. Never closed: others will come and are kept. */
	readonly values?: readonly string[];
	/** The variable that switches it on or off. */
	readonly control?: string;
	/**
	 * The replacement that is sent while the content switch is off: without a `gate` of its own that is the switch of tool
	 * details, and for values that are not among `values`. Without a replacement the attribute is absent then.
	 */
	readonly redactedAs?: string;
	/** Content that is never cut, however long. */
	readonly noTruncation?: true;
	/**
	 * The column's cardinality, if the store has a column for it: `low` (few distinct texts at a time: a dictionary) or `high` (an
	 * id for each record or a handful, free text). Without it the value is kept in the row's map: every column costs time on
	 * every row, so only attributes that measures, dimensions and filters read have one.
	 */
	readonly column?: "low" | "high";
};

/** An attribute as used by one metric, event or span: what differs there from its definition. */
export type AttributeUse = {
	readonly attribute: AttributeDefinition;
	/** The content gate without which it is absent or redacted. */
	readonly gate?: string;
	readonly since?: string;
	/** The values it has here, where its definition lists those of all places. */
	readonly values?: readonly string[];
	/** A number or flag that is text on the wire, here: `"46"`, `"true"`. */
	readonly asText?: true;
	readonly note?: string;
};

export type MetricDefinition = {
	readonly name: string;
	readonly instrument: "counter";
	readonly unit: "" | "USD" | "tokens" | "s";
	readonly brief: string;
	readonly since?: string;
	readonly attributes: readonly AttributeUse[];
};

export type EventDefinition = {
	/** The value of the attribute `event.name`; the record's body has it with the prefix `claude_code.`. */
	readonly name: string;
	readonly brief: string;
	readonly since?: string;
	/** Sent while the process starts, before anybody did anything. */
	readonly startup?: boolean;
	readonly attributes: readonly AttributeUse[];
};

export type SpanEventDefinition = {
	readonly name: string;
	readonly brief: string;
	/** The variable without which it is absent. */
	readonly gate?: string;
	readonly attributes: readonly AttributeUse[];
};

export type SpanDefinition = {
	readonly name: string;
	readonly brief: string;
	readonly since?: string;
	readonly attributes: readonly AttributeUse[];
	/** OTLP's span events: timed notes inside the span. They are no log records. */
	readonly events?: readonly SpanEventDefinition[];
};

/** The source of one signal: the instrumentation scope's name, and the meaning of its version. */
export type ScopeDefinition = {
	readonly signal: "metrics" | "logs" | "traces";
	readonly name: string;
	readonly version: string;
};

export type VariableDefinition = {
	readonly name: string;
	readonly brief: string;
	/** `neighbour`: its name suggests this telemetry, or its effect borders on it, but it does not govern it. */
	readonly group:
		| "switch"
		| "exporter"
		| "transport"
		| "mtls"
		| "content"
		| "cardinality"
		| "resource"
		| "helper"
		| "trace-context"
		| "neighbour";
	readonly default?: string;
	readonly values?: readonly string[];
	readonly since?: string;
};

export type QuirkDefinition = {
	/** Kebab-case, stable: notes in answers refer to it. */
	readonly id: string;
	/** The first version known to have it; absent: from the start. */
	readonly from?: string;
	/** The first version known to be right again; absent: none is known. */
	readonly until?: string;
	/** Metric, event, span or attribute names it touches. Empty: it concerns the delivery of whole signals. */
	readonly touches: readonly string[];
	/** `missing`: not reported; `wrong`: reported, but not right; `renamed`: under another name or type. */
	readonly effect: "missing" | "wrong" | "renamed";
	/** One sentence for the reader of a number. */
	readonly brief: string;
	/** A report of it, when neither a recording nor the release notes confirm it. */
	readonly report?: string;
};

/** Frozen all the way down: a definition is a value, wherever it is held. */
const frozen = <T extends object>(value: T): Readonly<T> => {
	for (const inner of Object.values(value))
		if (typeof inner === "object" && inner !== null && !Object.isFrozen(inner)) frozen(inner);
	return Object.freeze(value);
};

/** Literals in a definition stay literal in its type: the client library's methods are typed by it. */
export const defineAttribute = <const T extends AttributeDefinition>(definition: T): Readonly<T> => frozen(definition);
export const defineMetric = <const T extends MetricDefinition>(definition: T): Readonly<T> => frozen(definition);
export const defineEvent = <const T extends EventDefinition>(definition: T): Readonly<T> => frozen(definition);
export const defineSpan = <const T extends SpanDefinition>(definition: T): Readonly<T> => frozen(definition);
export const defineScope = (definition: ScopeDefinition): ScopeDefinition => frozen(definition);
export const defineVariable = (definition: VariableDefinition): VariableDefinition => frozen(definition);
export const defineQuirk = (definition: QuirkDefinition): QuirkDefinition => frozen(definition);

/** `use(model)`, or `use(error, { gate: "OTEL_LOG_TOOL_DETAILS" })`. */
export const use = <A extends AttributeDefinition>(
	attribute: A,
	rest: Omit<AttributeUse, "attribute"> = {},
): AttributeUse & { readonly attribute: A } => frozen({ attribute, ...rest });

/** Numbers and flags among them are text on the wire. */
export const sentAsText = <U extends readonly AttributeUse[]>(...uses: U): readonly U[number][] =>
	uses.map((one) =>
		["int", "double", "boolean"].includes(one.attribute.type) ? frozen({ ...one, asText: true as const }) : one,
	);
