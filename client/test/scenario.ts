import { type EventDefinition, event, events, metric, span, spans, standardAttributes } from "@purser/contract";
import type { Recording } from "../../server/test/recordings.ts";
import { createTelemetry, type SpanHandle, type Telemetry } from "../src/index.ts";
import type { Collector } from "./collector.ts";
import type { Attributes, SeenRecord } from "./records.ts";

/**
 * A recorded scenario, replayed through the client: each record's own attributes are what a host would pass; those of all
 * records come from options and variables, as they did when it was recorded.
 */
export type Story = { readonly records: readonly SeenRecord[]; readonly protocol: string; readonly isGzip: boolean };

const standardKeys = new Set(standardAttributes.map(({ key }) => key));
/** Attributes that the client sets by itself. */
const own = new Set(["event.name", "event.timestamp", "event.sequence", "span.type", "gen_ai.provider.name"]);
const ofResource = new Set(["host.arch", "os.type", "os.version", "service.name", "service.version", "host.name", "host.id"]);

const plain = (sent: string): string | boolean | number | string[] => {
	const [kind, text] = [sent.slice(0, sent.indexOf(" ")), sent.slice(sent.indexOf(" ") + 1)];
	if (kind === "bool") return text === "true";
	if (kind === "int" || kind === "double") return Number(text);
	if (kind !== "array") return text;
	return text === "[]"
		? []
		: text
				.slice(1, -1)
				.split(", ")
				.map((item) => item.slice(item.indexOf(" ") + 1));
};
const textOf = (sent: string | undefined): string | undefined => (sent === undefined ? undefined : String(plain(sent)));

/** Returns the arguments of a host for a record: attributes that are neither on all records nor set by the client. */
export const givenOf = (attributes: Attributes, labels: Attributes): Record<string, unknown> =>
	Object.fromEntries(
		Object.entries(attributes)
			.filter(([key]) => !standardKeys.has(key) && !own.has(key) && !(key in labels))
			.map(([key, sent]) => [key, plain(sent)]),
	);

const gatesOf = (definition: EventDefinition | (typeof spans)[number] | undefined, attributes: Attributes): string[] =>
	(definition?.attributes ?? []).flatMap(({ attribute, gate }) => {
		const sent = textOf(attributes[attribute.key]);
		if (sent === undefined) return [];
		const own = gate ?? (attribute.control?.startsWith("OTEL_LOG_") ? attribute.control : undefined);
		const isHidden = attribute.redactedAs === sent || attribute.values?.includes(sent);
		if (attribute.redactedAs !== undefined) return isHidden ? [] : [own ?? "OTEL_LOG_TOOL_DETAILS"];
		return own ? [own] : [];
	});

/** The variables under which such records come about. */
export function environmentOf({ records, protocol, isGzip }: Story, collector: Collector): Record<string, string> {
	const anyHas = (key: string) => records.some(({ attributes }) => key in attributes);
	const { resource } = records[0]!;
	const isOverridden = textOf(resource["service.version"]) !== versionOf(records);
	const more = Object.entries(resource).filter(([key]) => !ofResource.has(key) || (isOverridden && key === "service.version"));
	const gates = records.flatMap(({ signal, name, attributes }) =>
		gatesOf(
			signal === "logs"
				? events.find((each) => name === `string claude_code.${each.name}`)
				: spans.find((each) => signal === "traces" && each.name === name),
			attributes,
		),
	);
	const notes = records.flatMap(({ more: { events: all } }) => (all as { name: string }[] | undefined) ?? []);
	const [cumulative] = records.filter(({ more: { temporality } }) => temporality === 2);
	const isResponses = gates.includes("OTEL_LOG_ASSISTANT_RESPONSES");
	const isBeta = gates.includes("ENABLE_BETA_TRACING_DETAILED");
	return {
		CLAUDE_CODE_ENABLE_TELEMETRY: "1",
		CLAUDE_CODE_ENHANCED_TELEMETRY_BETA: "1",
		OTEL_METRICS_EXPORTER: "otlp",
		OTEL_LOGS_EXPORTER: "otlp",
		OTEL_TRACES_EXPORTER: records.some(({ signal, more: { isTraced } }) => signal === "traces" || isTraced) ? "otlp" : "none",
		OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
		OTEL_EXPORTER_OTLP_ENDPOINT: protocol === "grpc" ? collector.grpc : collector.http,
		...(isGzip && { OTEL_EXPORTER_OTLP_COMPRESSION: "gzip" }),
		...(cumulative && { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "cumulative" }),
		...(!anyHas("session.id") && { OTEL_METRICS_INCLUDE_SESSION_ID: "false" }),
		...(anyHas("app.version") && { OTEL_METRICS_INCLUDE_VERSION: "true" }),
		...(anyHas("app.entrypoint") && { OTEL_METRICS_INCLUDE_ENTRYPOINT: "true" }),
		...(anyHas("vcs.repository.url.full") && { OTEL_METRICS_INCLUDE_REPOSITORY: "1" }),
		...("host.name" in resource && { OTEL_RESOURCE_INCLUDE_HOST: "true" }),
		...(more.length > 0 && {
			OTEL_RESOURCE_ATTRIBUTES: more.map(([key, sent]) => `${key}=${written(key, sent, records)}`).join(","),
		}),
		...(!more.some(([key]) => key in records[0]!.attributes) && { OTEL_METRICS_INCLUDE_RESOURCE_ATTRIBUTES: "false" }),
		...(textOf(resource["service.name"]) !== "claude-code" && { OTEL_SERVICE_NAME: textOf(resource["service.name"])! }),
		...(isBeta && { ENABLE_BETA_TRACING_DETAILED: "1" }),
		...Object.fromEntries(
			gates.filter((name) => name.startsWith("OTEL_LOG_") && !name.endsWith("BODIES")).map((name) => [name, "1"]),
		),
		...(gates.includes("OTEL_LOG_USER_PROMPTS") && !isResponses && { OTEL_LOG_ASSISTANT_RESPONSES: "0" }),
		...(records.some(({ name }) => /api_re(quest|sponse)_body$/.test(name)) && { OTEL_LOG_RAW_API_BODIES: "1" }),
		...(notes.some(({ name }) => name === "tool.output") && { OTEL_LOG_TOOL_CONTENT: "1" }),
	};
}

/**
 * Restores the value as it was written: an attribute that is on the resource but on no record had characters that should have
 * been encoded.
 */
function written(key: string, sent: string, records: readonly SeenRecord[]): string {
	const text = textOf(sent)!;
	return records.some(({ attributes }) => key in attributes) ? encodeURIComponent(text) : text.replaceAll("%", "%25");
}

/** The agent's version: a resource may say otherwise. */
const versionOf = (records: readonly SeenRecord[]): string =>
	records.find(({ signal }) => signal !== "traces")!.scope.replace(/^\S+ /, "");

function open(story: Story, first: SeenRecord, collector: Collector, isRemote: boolean): Telemetry {
	const { attributes } = first;
	const get = (key: string) => textOf(story.records.find((each) => key in each.attributes)?.attributes[key]);
	const optional = (name: string, key: string) => (get(key) === undefined ? {} : { [name]: get(key) });
	return createTelemetry({
		settings: false,
		env: {
			...environmentOf(story, collector),
			...(isRemote && { TRACEPARENT: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" }),
		},
		service: { version: versionOf(story.records) },
		session: textOf(attributes["session.id"]) ?? "none",
		identity: {
			userId: get("user.id")!,
			...optional("email", "user.email"),
			...optional("accountUuid", "user.account_uuid"),
			...optional("accountId", "user.account_id"),
			...optional("organizationId", "organization.id"),
		},
		workplace: {
			...optional("terminal", "terminal.type"),
			...optional("provider", "anthropic.provider"),
			...optional("entrypoint", "app.entrypoint"),
			...optional("repository", "vcs.repository.url.full"),
			customBaseUrl: get("anthropic.custom_base_url") === "true",
		},
	});
}

const method = (shelf: object, name: string): string =>
	Object.entries(shelf).find(([, definition]) => (definition as { name?: string }).name === name)?.[0] ?? "";

type Call = (attributes: object, more?: object) => SpanHandle;

/** Replays it, and waits until all of it has arrived. */
export async function replay(story: Story, collector: Collector): Promise<Telemetry[]> {
	const { records } = story;
	const labels = Object.fromEntries(Object.entries(records[0]!.resource).filter(([key]) => !ofResource.has(key)));
	const isRemote = records.some(
		({ more: { flags, parentSpanId }, name }) => name === "claude_code.interaction" && (flags === 769 || parentSpanId),
	);
	const processes: Telemetry[] = [open(story, records[0]!, collector, isRemote)];
	const say = (name: string, shelf: object): Call =>
		(processes.at(-1) as unknown as Record<string, Call>)[method(shelf, name)] ?? missing(name);
	const traced = handlesOf(story, labels, (name) => say(name, span), isRemote);
	let sequence = -1;
	const reached = new Map<string, number>();
	for (const { signal, name, attributes, more, timeMs } of records) {
		if (signal === "logs") {
			const next = Number(textOf(attributes["event.sequence"]) ?? sequence + 1);
			// A process counts from 0: this is another one.
			if (next <= sequence && sequence >= 0 && next === 0) processes.push(open(story, records[0]!, collector, isRemote));
			sequence = next;
		}
		const session = textOf(attributes["session.id"]);
		if (session !== undefined) processes.at(-1)!.startSession(session);
		const given = givenOf(attributes, labels);
		const timestamp = textOf(attributes["event.timestamp"]);
		if (signal === "logs") {
			const within = more["isTraced"] ? traced.values().next().value : undefined;
			say(name.replace("string claude_code.", ""), event)(given, {
				at: timestamp ? Date.parse(timestamp) : timeMs,
				...(within && { span: within }),
			});
		}
		if (signal === "metrics") {
			const key = JSON.stringify([name, attributes]);
			const before = more["temporality"] === 2 ? (reached.get(key) ?? 0) : 0;
			reached.set(key, more["value"] as number);
			const counter = say(name, metric) as unknown as { add: (value: number, attributes: object) => void };
			counter.add(Math.max(0, (more["value"] as number) - before), given);
		}
	}
	for (const telemetry of processes) await telemetry.shutdown();
	return processes;
}

/** Spans, each begun within its parent and ended as it was. */
function handlesOf(
	{ records }: Story,
	labels: Attributes,
	say: (name: string) => Call,
	isRemote: boolean,
): Map<string, SpanHandle> {
	const handles = new Map<string, SpanHandle>();
	const waiting = records.filter(({ signal }) => signal === "traces").toSorted((a, b) => a.timeMs - b.timeMs);
	const known = new Set(waiting.map(({ more: { spanId } }) => spanId));
	while (waiting.length > 0) {
		const at = waiting.findIndex(({ more: { parentSpanId } }) => !known.has(parentSpanId) || handles.has(parentSpanId as string));
		const [record] = waiting.splice(Math.max(0, at), 1);
		const { name, attributes, more, timeMs } = record!;
		const parent = handles.get(more["parentSpanId"] as string);
		if (!parent && more["parentSpanId"] && !isRemote) continue;
		handles.set(more["spanId"] as string, say(name)(givenOf(attributes, labels), { at: timeMs, ...(parent && { parent }) }));
	}
	for (const { signal, more, endMs } of records) {
		const handle = signal === "traces" ? handles.get(more["spanId"] as string) : undefined;
		if (!handle) continue;
		for (const note of more["events"] as { name: string; attributes: Attributes }[])
			handle.event(note.name, givenOf(note.attributes, {}));
		const [code, message] = more["status"] as [number, string];
		handle.end({}, { at: endMs, ...(code === 2 && { error: message }) });
	}
	return handles;
}

function missing(name: string): never {
	throw new Error(`the client has no method for ${name}`);
}

/** Requests that came twice are one. */
export const once = (recordings: readonly Recording[]): Recording[] => [
	...new Map(recordings.map((recording) => [`${recording.signal} ${recording.body.toString("base64")}`, recording])).values(),
];
