import { expect, test } from "vitest";
import {
	attributes,
	columnsOf,
	eventAttributes,
	events,
	labelAttributes,
	metrics,
	quirks,
	resourceAttributes,
	scopes,
	spanAttributes,
	spans,
	standardAttributes,
	variables,
} from "./index.ts";

const definitions = [...metrics, ...events, ...spans, ...spans.flatMap((span) => span.events ?? [])];
const uses = definitions.flatMap((definition) => definition.attributes);
const lists = [standardAttributes, labelAttributes, eventAttributes, spanAttributes, resourceAttributes];

const texts =
	"user.id user.email user.account_uuid user.account_id enduser.id organization.id terminal.type app.version app.entrypoint anthropic.provider vcs.repository.url.full vcs.owner.name vcs.repository.name vcs.provider.name model query_source effort speed agent.name skill.name plugin.name marketplace.name mcp_server.name mcp_tool.name error_type tool_name decision source decision_type decision_source tool_source permission_mode language type start_type command_name command_source span.type trigger hook_event event.name stop_reason session.id prompt.id request_id client_request_id tool_use_id agent_id message.uuid error event.timestamp";
const manyTexts = "prompt.id request_id client_request_id tool_use_id agent_id message.uuid error event.timestamp";
const integers =
	"status_code event.sequence input_tokens output_tokens cache_read_tokens cache_creation_tokens cache_creation_5m_tokens cache_creation_1h_tokens cost_usd_micros duration_ms ttft_ms attempt tool_result_size_bytes tool_input_size_bytes prompt_length response_length";

const keysOf = (type: string): string[] =>
	attributes.filter((attribute) => attribute.column !== undefined && attribute.type === type).map((attribute) => attribute.key);
const sorted = (keys: readonly string[]): string[] => [...keys].sort();

test("columns are given to what measures, dimensions and filters ask about, and to nothing else", () => {
	expect(sorted(keysOf("string"))).toEqual(sorted(texts.split(" ")));
	expect(sorted(keysOf("int"))).toEqual(sorted(integers.split(" ")));
	expect(keysOf("double")).toEqual(["cost_usd"]);
	expect(keysOf("boolean")).toEqual(["success"]);
	expect(keysOf("array")).toEqual([]);
	const many = attributes.filter(({ column, type }) => column === "high" && type === "string").map(({ key }) => key);
	expect(sorted(many)).toEqual(sorted(manyTexts.split(" ")));
});

test("every column is in the table of some signal, once, with identity first", () => {
	const signals = (["events", "points", "spans"] as const).map((signal) => columnsOf(signal).map((column) => column.key));
	for (const keys of signals) {
		expect(new Set(keys).size).toBe(keys.length);
		expect(keys).toContain("enduser.id");
		expect(keys.indexOf("session.id")).toBeLessThan(keys.indexOf("model"));
	}
	const all = attributes.filter((attribute) => attribute.column !== undefined).map((attribute) => attribute.key);
	expect(sorted([...new Set(signals.flat())])).toEqual(sorted(all));
	expect(signals[1]).not.toContain("prompt.id");
	expect(signals[2]).not.toContain("event.name");
});

test("a key has one definition, and every definition has a use", () => {
	const keys = attributes.map((attribute) => attribute.key);
	expect(new Set(keys).size).toBe(keys.length);
	const used = new Set([...uses.map((use) => use.attribute), ...lists.flat()]);
	expect(attributes.filter((attribute) => !used.has(attribute)).map((attribute) => attribute.key)).toEqual([]);
	expect([...used].filter((attribute) => !attributes.includes(attribute))).toEqual([]);
});

test("nothing names an attribute twice, or one that every record has anyway", () => {
	const everywhere = new Set([...standardAttributes, ...labelAttributes, ...resourceAttributes]);
	for (const definition of definitions) {
		const own = definition.attributes.map((use) => use.attribute);
		expect(new Set(own).size, definition.name).toBe(own.length);
		expect(own.filter((attribute) => everywhere.has(attribute))).toEqual([]);
	}
});

test("names are unique and look like their kind", () => {
	for (const shelf of [metrics, events, spans, variables, scopes]) {
		expect(new Set(shelf.map((definition) => definition.name)).size).toBe(shelf.length);
	}
	for (const { name } of [...metrics, ...spans]) expect(name).toMatch(/^claude_code\.[a-z_.]+$/);
	for (const { name } of events) expect(name).toMatch(/^[a-z_]+$/);
	for (const { name } of variables) expect(name).toMatch(/^[A-Z][A-Z0-9_]+$/);
	for (const { key } of attributes) expect(key).toMatch(/^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$/);
	expect(metrics).toHaveLength(8);
	expect(events.length).toBeGreaterThanOrEqual(28);
});

test("the events of a start are those by which no session is counted", () => {
	expect(events.filter((event) => event.startup).map((event) => event.name)).toEqual([
		"mcp_server_connection",
		"plugin_loaded",
		"hook_registered",
		"retention_sweep",
		"managed_settings_resolved",
	]);
});

test("versions are three numbers", () => {
	const versions = [...attributes, ...uses, ...definitions, ...variables].map((definition) =>
		"since" in definition ? definition.since : undefined,
	);
	for (const version of [...versions, ...quirks.flatMap(({ from, until }) => [from, until])]) {
		if (version !== undefined) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
	}
});

test("gates and controls are known variables", () => {
	const known = new Set(variables.map((variable) => variable.name));
	const named = [...uses.map((use) => use.gate), ...attributes.map(({ control }) => control)];
	for (const span of spans) for (const event of span.events ?? []) named.push(event.gate);
	expect(named.filter((name) => name !== undefined && !known.has(name))).toEqual([]);
});

test("briefs are sentences of one line", () => {
	for (const { brief } of [...attributes, ...definitions, ...variables, ...quirks]) expect(brief).toMatch(/^[A-Z`0-9][^\n]*\.$/);
});

test("what a gate holds back is content or a name, never a number", () => {
	const gated = attributes.filter((attribute) => attribute.control?.startsWith("OTEL_LOG_"));
	for (const attribute of gated) expect(["string", "boolean"], attribute.key).toContain(attribute.type);
	expect(attributes.filter(({ key }) => key === "prompt" || key === "body" || key === "error").map((a) => a.privacy)).toEqual(
		Array(3).fill("content"),
	);
});

test("definitions cannot be changed", () => {
	const deeply = (value: unknown): boolean =>
		typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(deeply));
	for (const shelf of [metrics, events, spans, attributes, variables, quirks, scopes, ...lists]) expect(deeply(shelf)).toBe(true);
	expect(Object.isFrozen(columnsOf("events"))).toBe(true);
});
