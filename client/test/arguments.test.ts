import { afterAll, expect, test } from "vitest";
import { createTelemetry, type Telemetry } from "../src/index.ts";
import { openCollector } from "./collector.ts";
import { environment, open } from "./emit-everything.ts";
import { recordsOf } from "./records.ts";

/** Arguments that no host should pass, and some will. */
const collector = await openCollector();
afterAll(() => collector.close());

const circular: Record<string, unknown> = {};
circular["self"] = circular;
const throwing = {
	get model(): string {
		throw Object.create(null);
	},
};
const values: readonly unknown[] = [
	undefined,
	null,
	Number.NaN,
	-1,
	2 ** 70,
	-(2 ** 70),
	1e308,
	Number.POSITIVE_INFINITY,
	7n,
	"",
	"text",
	"\ud800",
	"x".repeat(100_000),
	true,
	Symbol("loom"),
	() => 1,
	[],
	[null, circular, Symbol("x")],
	{},
	circular,
	throwing,
	new Date(Number.NaN),
	new Map(),
	Object.create(null),
	new Proxy(
		{},
		{
			ownKeys: () => {
				throw new Error("no keys");
			},
		},
	),
];
const keys = ["model", "input_tokens", "cost_usd", "success", "prompt", "tool_parameters", "body", "own.key", ""];
type Method = (...given: unknown[]) => unknown;

/** Every method with every odd value in every place. */
function sayOdd(telemetry: Telemetry): void {
	const { tokenUsage, apiRequest, toolResult, userPrompt, apiRequestBody, interaction } = telemetry as unknown as Record<
		string,
		Method & { add: Method }
	>;
	for (const value of values) {
		tokenUsage!.add(value, { type: "input" });
		tokenUsage!.add(1, value);
		for (const event of [apiRequest!, toolResult!, userPrompt!, apiRequestBody!, interaction!]) {
			event(value);
			event({}, value);
			event({}, { at: value, span: value, parent: value });
			for (const key of keys) event({ [key]: value });
		}
		const span = telemetry.interaction({});
		(span.set as Method)(value);
		(span.event as Method)(value, value, value);
		(span.end as Method)(value, value);
		(span.end as Method)({}, { at: value, error: value });
		(telemetry.startPrompt as Method)(value);
		(telemetry.startSession as Method)(value);
		(telemetry.environmentFor as Method)(value, value);
	}
}

test.each(["http/protobuf", "http/json", "grpc"])("nothing odd throws or spoils what else is sent over %s", async (protocol) => {
	collector.received.length = 0;
	const endpoint = protocol === "grpc" ? collector.grpc : collector.http;
	const env = { OTEL_EXPORTER_OTLP_PROTOCOL: protocol, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_LOG_RAW_API_BODIES: "1" };
	const telemetry = open(
		{ ...environment(collector), ...env, CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS: "10000" },
		{ maxQueueSize: 100_000 },
	);
	sayOdd(telemetry);
	await telemetry.shutdown();
	const { invalidCalls, lastInvalidCall, logs, traces, metrics } = telemetry.status();
	expect(invalidCalls).toBeGreaterThan(100);
	expect(lastInvalidCall).toEqual(expect.any(String));
	for (const account of [logs!, traces!, metrics!]) {
		expect(account.failed).toBe(0);
		expect(account.exported + account.dropped).toBe(account.emitted);
	}
	const arrived = collector.received.flatMap(recordsOf);
	expect(arrived.filter(({ signal }) => signal === "logs")).toHaveLength(logs!.exported);
	expect(arrived.filter(({ signal }) => signal === "traces")).toHaveLength(traces!.exported);
	for (const { attributes } of arrived)
		expect(Object.values(attributes).filter((value) => /^(int|double) (?!-?\d)|^nothing/.test(value))).toEqual([]);
});

test("refusals say why", () => {
	const telemetry = open(environment(collector));
	const refusal = (act: () => unknown): string | undefined => {
		const before = telemetry.status().invalidCalls;
		act();
		expect(telemetry.status().invalidCalls).toBe(before + 1);
		return telemetry.status().lastInvalidCall;
	};
	expect(refusal(() => telemetry.tokenUsage.add(Number.NaN))).toBe("claude_code.token.usage cannot grow by NaN");
	expect(refusal(() => telemetry.tokenUsage.add(-1))).toBe("claude_code.token.usage cannot grow by -1");
	expect(refusal(() => telemetry.userPrompt({}, { at: Number.NaN }))).toBe("a time has to be milliseconds since 1970, or a date");
	expect(refusal(() => telemetry.userPrompt("hello" as never))).toBe("attributes have to be an object");
	expect(refusal(() => telemetry.interaction({}, { at: new Date("never") }))).toBe(
		"a time has to be milliseconds since 1970, or a date",
	);
	const odd = circular as never;
	expect(refusal(() => telemetry.userPrompt({ own: odd } as never))).toMatch(/circular/);
});

test.each(values.map((_, index) => index))("options may be odd: value %i", async (index) => {
	const value = values[index];
	const odd = value as never;
	const base = { settings: false as const, env: { ...environment(collector), OTEL_METRICS_EXPORTER: "none" } };
	createTelemetry(odd);
	for (const options of [
		{ service: odd, session: odd },
		{ identity: odd },
		{ identity: { email: odd, groups: odd, userId: "ada" }, workplace: odd },
		{ workplace: { terminal: odd, repository: odd, provider: odd } },
		{ env: odd },
		{ settings: odd },
		{ now: odd, maxQueueSize: odd, isInteractive: odd },
	]) {
		const telemetry = createTelemetry({ ...base, identity: { userId: "ada" }, ...options });
		telemetry.userPrompt({ prompt_length: 1 });
		telemetry.interaction({}).end();
		telemetry.status();
		await telemetry.shutdown();
	}
});

test("maxQueueSize that is no number of records is noted", () => {
	for (const maxQueueSize of [0, -1, 1.5, Number.NaN, "many" as never]) {
		const { notes } = open(environment(collector), { maxQueueSize }).status();
		expect(notes).toEqual(["cannot use maxQueueSize: it is not a whole number from 1 on; 2048 is used"]);
	}
});
