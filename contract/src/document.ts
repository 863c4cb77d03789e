import { attributes } from "./claude-code/attributes.ts";
import { events } from "./claude-code/events.ts";
import { metrics } from "./claude-code/metrics.ts";
import { quirks } from "./claude-code/quirks.ts";
import { scopes, serviceNames } from "./claude-code/scopes.ts";
import { spans } from "./claude-code/spans.ts";
import {
	eventAttributes,
	labelAttributes,
	resourceAttributes,
	spanAttributes,
	standardAttributes,
} from "./claude-code/standard.ts";
import { variables } from "./claude-code/variables.ts";
import type {
	AttributeDefinition,
	AttributeUse,
	EventDefinition,
	MetricDefinition,
	QuirkDefinition,
	SpanDefinition,
	VariableDefinition,
} from "./define.ts";
import { compareVersions } from "./versions.ts";

// Longer than 250 lines: the text of one page.

const code = (text: string): string => `\`${text}\``;
const codes = (texts: readonly string[]): string => texts.map(code).join(", ");

/** Definitions name variables in plain words; the page shows them as what they are. */
const prose = (text: string): string => text.replaceAll(/(?<![`\w])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?:=\w+)?(?![`\w=])/g, code);

type Line = string | readonly string[];
const lines = (...parts: readonly Line[]): string => parts.flat().join("\n");

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string => {
	const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
	return lines(row(header), row(header.map(() => "---")), rows.map(row));
};

const typed = ({ attribute: { type, unit }, asText }: AttributeUse): string =>
	[type, unit && code(unit), asText && "sent as text"].filter(Boolean).join(", ");

/** Everything that is to be known about an attribute in one place: its definition, and what the place adds. */
const meaning = ({ attribute, ...here }: AttributeUse): string => {
	const values = here.values ?? attribute.values;
	const since = here.since ?? attribute.since;
	const gate = here.gate ?? attribute.control;
	return [
		prose(attribute.brief),
		here.note && prose(here.note),
		values && `Values: ${codes(values)}.`,
		gate && !attribute.brief.includes(gate) && `Controlled by ${code(gate)}.`,
		since && `Since ${since}.`,
	]
		.filter(Boolean)
		.join(" ");
};

const attributeTable = (uses: readonly AttributeUse[]): string =>
	table(
		["Attribute", "Type", "Privacy", "Meaning"],
		uses.map((use) => [code(use.attribute.key), typed(use), use.attribute.privacy, meaning(use)]),
	);

const definitionTable = (definitions: readonly AttributeDefinition[]): string =>
	attributeTable(definitions.map((attribute) => ({ attribute })));

const since = (version: string | undefined): string[] => (version === undefined ? [] : [`Since ${version}.`]);

const metricSection = (metric: MetricDefinition): string =>
	lines(
		`### ${metric.name}`,
		"",
		[prose(metric.brief), metric.unit === "" ? "No unit." : `Unit: ${code(metric.unit)}.`, ...since(metric.since)].join(" "),
		"",
		[metric.attributes.length === 0 ? "No attributes of its own." : attributeTable(metric.attributes), ""],
	);

const eventSection = (event: EventDefinition): string => {
	const startup = event.startup ? ["Sent while the process starts, before anybody did anything."] : [];
	return lines(`### ${event.name}`, "", [prose(event.brief), ...startup, ...since(event.since)].join(" "), "", [
		event.attributes.length === 0 ? "No known attributes of its own." : attributeTable(event.attributes),
		"",
	]);
};

const spanSection = (span: SpanDefinition): string =>
	lines(
		`### ${span.name}`,
		"",
		[prose(span.brief), ...since(span.since)].join(" "),
		"",
		attributeTable(span.attributes),
		"",
		(span.events ?? []).flatMap((event) => [
			`**Span event ${code(event.name)}.** ${prose(event.brief)}${event.gate === undefined ? "" : ` Only with ${code(event.gate)}.`}`,
			"",
			attributeTable(event.attributes),
			"",
		]),
	);

/** Lists the metrics, events and spans that carry a key of their own; a key of all records says so instead. */
const usedBy = (attribute: AttributeDefinition): string => {
	if (resourceAttributes.includes(attribute)) return "the resource";
	if (standardAttributes.includes(attribute)) return "every point, event and span";
	if (labelAttributes.includes(attribute)) return "the resource; every point, event and span";
	if (spanAttributes.includes(attribute)) return "every span";
	const uses = (definition: { readonly attributes: readonly AttributeUse[] }) =>
		definition.attributes.some((use) => use.attribute === attribute);
	return [
		eventAttributes.includes(attribute) ? "every event" : "",
		codes(metrics.filter(uses).map((metric) => metric.name)),
		codes(events.filter(uses).map((event) => event.name)),
		codes(spans.filter((span) => uses(span) || (span.events ?? []).some(uses)).map((span) => span.name)),
	]
		.filter((part) => part !== "")
		.join("; ");
};

const groups: Readonly<Record<VariableDefinition["group"], readonly [title: string, text: string]>> = {
	switch: ["Switches", "What is sent at all."],
	exporter: ["Exporters", "Where each signal goes, how often, and how counters count."],
	transport: ["Transport", "The receiver. A variable for one signal wins over the general one, except that headers are merged."],
	mtls: [
		"Certificates",
		"Over HTTP the `CLAUDE_CODE_…` variables count, over gRPC the `OTEL_…` ones. Files are read once, at first use.",
	],
	content: [
		"Content",
		"Switches for content that people and tools wrote, all off by default. Before you switch one on, know where the data goes.",
	],
	cardinality: ["Attributes", "Attributes that can be added or left out, most of them for the sake of metrics backends."],
	resource: ["Labels and identity", "What the organization says about the sender."],
	helper: ["Headers helper, flush, diagnostics", "How exports are authenticated, finished and watched."],
	"trace-context": ["Trace context", "How traces are joined to a caller's and a callee's."],
	neighbour: [
		"Neighbours",
		"These do **not** govern this telemetry, though their names suggest it or their effects border on it.",
	],
};

const variableSection = (group: VariableDefinition["group"]): string => {
	const [title, text] = groups[group];
	const rows = variables
		.filter((variable) => variable.group === group)
		.map((variable) => [
			code(variable.name),
			prose(variable.default ?? ""),
			variable.values === undefined ? "" : codes(variable.values),
			variable.since ?? "",
			prose(variable.brief),
		]);
	return lines(`### ${title}`, "", text, "", table(["Variable", "Default", "Values", "Since", "Meaning"], rows), "");
};

const versions = ({ from, until }: QuirkDefinition): string => {
	if (from === undefined && until === undefined) return "all";
	if (from === undefined) return `before ${until}`;
	return until === undefined ? `from ${from}` : `from ${from}, before ${until}`;
};

const touched = ({ touches }: QuirkDefinition): string => {
	if (touches.length === 0) return "whole signals";
	const counters = metrics.map((metric) => metric.name);
	if (!counters.every((name) => touches.includes(name))) return codes(touches);
	return ["all metrics", ...touches.filter((name) => !counters.includes(name)).map(code)].join(", ");
};

const quirkTable = (chosen: readonly QuirkDefinition[]): string =>
	table(
		["Versions", "What to know", "Effect", "Touches", "Id"],
		chosen
			.toSorted((a, b) => compareVersions(b.until ?? "", a.until ?? ""))
			.map((quirk) => [
				versions(quirk),
				prose(quirk.brief) + (quirk.report === undefined ? "" : ` ([report](${quirk.report}))`),
				quirk.effect,
				touched(quirk),
				code(quirk.id),
			]),
	);

/** The head of the page. */
const introduction = (): readonly Line[] => [
	"# The contract: what Claude Code reports",
	"",
	[
		`Claude Code sends ${metrics.length} metrics, ${events.length} kinds of events and ${spans.length} kinds of spans with`,
		`${attributes.length} attributes between them over OpenTelemetry's protocol. This page says what each of them means, who`,
		"can be recognized by it, which variable switches it on, and where a version gets it wrong. Purser's tables, queries and",
		"answers are derived from the same definitions.",
	],
	"",
	[
		"It follows [Anthropic's documentation](https://code.claude.com/docs/en/monitoring-usage) and recordings of real clients",
		"(1.0.60 to 2.1.329); where the two differ, the recordings win. The wire format is",
		"[OTLP](https://opentelemetry.io/docs/specs/otlp/).",
	],
	"",
	[
		"- [How to read it](#how-to-read-it)",
		"- [On every record](#on-every-record): signals, resource, identity, labels",
		"- [Metrics](#metrics)",
		"- [Events](#events)",
		"- [Spans](#spans)",
		"- [Variables](#variables)",
		"- [Quirks](#quirks): what versions report wrongly, or not at all",
		"- [All attributes](#all-attributes)",
	],
	"",
];

/** The words of the page. */
const howToRead = (): readonly Line[] => [
	"## How to read it",
	"",
	[
		"**Nothing here is closed.** The telemetry grows with almost every release. Unknown metrics, events, attributes and values",
		"are kept as they come.",
		"",
		"**Type** is what a value means, not how it is written: depending on version and event, numbers and flags are also sent as",
		'text (`"46"`, `"true"`), and every data point of a metric is a floating-point number.',
		"",
		table(
			["Type", "Meaning"],
			[
				["string", "A string."],
				["int", "A whole number."],
				["double", "A number, possibly with a fraction."],
				["boolean", "True or false."],
				["array", "A list of strings."],
			],
		),
		"",
		"**Privacy** is what the value may reveal about people:",
		"",
		table(
			["Privacy", "Meaning"],
			[
				["identity", "Says who: a person, an account, a machine."],
				["content", "May quote what people or tools wrote: prompts, answers, commands, paths, error messages."],
				["plain", "Neither."],
			],
		),
		"",
		"**Since** is the first version known to send it. Where it is not given, it is not known, or it was there from the start.",
		"Before that version a count is *not reported*, which is not zero.",
		"",
		"**Units**: `ms`, `s`, `d`, `By` (bytes), `USD`, `uUSD` (millionths of a dollar), `{token}`, `{char}`.",
	],
	"",
];

/** Attributes of every record. */
const commonAttributes = (): readonly Line[] => [
	"## On every record",
	"",
	table(
		["Signal", "Scope", "Scope version"],
		scopes.map((scope) => [scope.signal, code(scope.name), /\d/.test(scope.version) ? code(scope.version) : scope.version]),
	),
	"",
	`The scope identifies the sender's program. The service name (${codes(serviceNames)}) can be overridden by the sender.`,
	"",
	"### Resource",
	"",
	definitionTable(resourceAttributes),
	"",
	"### Identity",
	"",
	"On every data point, event and span, as far as known and switched on. With an API key, Bedrock, Vertex or Foundry only",
	"`user.id` and `session.id` say who it was: set `enduser.id` there.",
	"",
	definitionTable(standardAttributes),
	"",
	"### Labels",
	"",
	"Recommended keys for `OTEL_RESOURCE_ATTRIBUTES`. Any other key may be set the same way. Labels stand on the resource, and",
	"since 2.1.161 on every point, event and span as well.",
	"",
	definitionTable(labelAttributes),
	"",
];

/** Metrics and events. */
const metricsAndEvents = (): readonly Line[] => [
	"## Metrics",
	"",
	"All are monotonic sums. Data points are increments (delta temporality) unless the sender asks for totals. Counts have no",
	"unit. In addition to their own attributes they carry those of [every record](#on-every-record).",
	"",
	metrics.map(metricSection),
	"## Events",
	"",
	"Events are log records. The body is the event's name with the prefix `claude_code.`; severity is not set, and trace ids",
	"are only while tracing is on or a trace was handed in. In addition to their own attributes and those of",
	"[every record](#on-every-record) they carry:",
	"",
	definitionTable(eventAttributes),
	"",
	events.map(eventSection),
];

/** Spans. */
const tracing = (): readonly Line[] => [
	"## Spans",
	"",
	"A beta: `CLAUDE_CODE_ENHANCED_TELEMETRY_BETA=1` and `OTEL_TRACES_EXPORTER` switch it on. One trace per prompt:",
	"",
	"```",
	"claude_code.interaction",
	"├─ claude_code.llm_request",
	"├─ claude_code.hook                    with detailed tracing",
	"└─ claude_code.tool",
	"   ├─ claude_code.tool.blocked_on_user",
	"   └─ claude_code.tool.execution       unless refused",
	"      └─ a subagent's requests and tools",
	"```",
	"",
	"All are of kind INTERNAL. The status is unset, or ERROR on a request, execution or hook that failed. Children arrive",
	"before their parents. In addition to their own attributes and those of [every record](#on-every-record) they carry:",
	"",
	definitionTable(spanAttributes),
	"",
	spans.map(spanSection),
];

/** Variables, quirks, and the list of all attributes. */
const reference = (): readonly Line[] => [
	"## Variables",
	"",
	"Set them in the environment, or in the `env` object of a settings file. Managed settings win over both. Changes need a",
	"restart of Claude Code.",
	"",
	(Object.keys(groups) as (keyof typeof groups)[]).map(variableSection),
	"## Quirks",
	"",
	"What versions of Claude Code report wrongly, not at all, or under another name. Answers that a quirk touches carry a note",
	"with its id. A range ends at the first version *known* to be right. Quirks with a link were reported by users; the others",
	"were seen in recordings or in the release notes.",
	"",
	"### Still there",
	"",
	quirkTable(quirks.filter(({ until }) => until === undefined)),
	"",
	"### Fixed since",
	"",
	"The latest first.",
	"",
	quirkTable(quirks.filter(({ until }) => until !== undefined)),
	"",
	"## All attributes",
	"",
	"What measures, dimensions and filters ask about has a column of its own in Purser's tables; everything else is kept in the",
	"row's map of attributes, as it came.",
	"",
	table(
		["Attribute", "Type", "Privacy", "Since", "Stored in", "On"],
		attributes.map((attribute) => [
			code(attribute.key),
			typed({ attribute }),
			attribute.privacy,
			attribute.since ?? "",
			attribute.column === undefined ? "map" : "column",
			usedBy(attribute),
		]),
	),
	"",
];

/** Renders the contract as a page for people: `docs/contract.md`. */
export const document = (): string =>
	lines(
		"<!-- Written by `npm run contract:docs` from contract/src. Change it there. -->",
		"",
		...introduction(),
		...howToRead(),
		...commonAttributes(),
		...metricsAndEvents(),
		...tracing(),
		...reference(),
	);
