import { rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPurser, type TestPurser, until } from "./purser.ts";
import { smallDisk } from "./small-disk.ts";

/** The official exporters, with the SDK of their time: what is current, and what Claude Code 2 was built with. */
const majors = ["@opentelemetry/sdk-node", "opentelemetry-sdk-node-old"] as const;
type Major = (typeof majors)[number];

const protocols = { grpc: "grpc", "http/protobuf": "proto", "http/json": "http" } as const;
type Protocol = keyof typeof protocols;

type Options = {
	readonly protocol: Protocol;
	readonly compression?: "gzip";
	readonly temporality?: "delta" | "cumulative";
};

type Attributes = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** The types that are the same in both majors. */
type Provider = { forceFlush(): Promise<void>; shutdown(): Promise<void> };
type Sdk = {
	readonly logs: Provider & { getLogger(name: string, version: string): { emit(record: object): void } };
	readonly metrics: Provider & {
		getMeter(name: string): { createCounter(name: string): { add(value: number, attributes: Attributes): void } };
	};
	readonly traces: Provider & {
		getTracer(name: string): {
			startSpan(name: string, options: { attributes: Attributes }): { end(): void; spanContext(): { spanId: string } };
		};
	};
};

function openSdk(major: Major, server: Pick<TestPurser, "grpc" | "http">, { protocol, compression, temporality }: Options): Sdk {
	const require = createRequire(createRequire(import.meta.url).resolve(major));
	const load = (name: string) => require(`@opentelemetry/${name}`) as Record<string, new (...args: unknown[]) => never>;
	const exporter = (signal: "logs" | "metrics" | "trace", type: string, more: object = {}) => {
		const url =
			protocol === "grpc" ? `http://${server.grpc}` : `http://${server.http}/v1/${signal}${signal === "trace" ? "s" : ""}`;
		return new (load(`exporter-${signal}-otlp-${protocols[protocol]}`)[type]!)({ url, compression, ...more });
	};
	const { defaultResource, resourceFromAttributes } = load("resources") as never as {
		defaultResource(): { merge(other: unknown): unknown };
		resourceFromAttributes(attributes: Attributes): unknown;
	};
	const resource = defaultResource().merge(resourceFromAttributes({ "service.name": "claude-code", "team.id": "platform" }));
	const isOld = major === "opentelemetry-sdk-node-old";
	const { LoggerProvider, BatchLogRecordProcessor } = load("sdk-logs");
	const { MeterProvider, PeriodicExportingMetricReader } = load("sdk-metrics");
	const { BatchSpanProcessor, TracerProvider, BasicTracerProvider } = load(isOld ? "sdk-trace-base" : "sdk-trace");
	const batch = (Processor: new (...args: unknown[]) => never, to: unknown) =>
		isOld ? new Processor(to) : new Processor({ exporter: to });
	const metricExporter = exporter("metrics", "OTLPMetricExporter", {
		temporalityPreference: temporality === "cumulative" ? 1 : 0,
	});
	return {
		logs: new LoggerProvider!({ resource, processors: [batch(BatchLogRecordProcessor!, exporter("logs", "OTLPLogExporter"))] }),
		metrics: new MeterProvider!({
			resource,
			readers: [new PeriodicExportingMetricReader!({ exporter: metricExporter, exportIntervalMillis: 600_000 })],
		}),
		traces: new (TracerProvider ?? BasicTracerProvider)!({
			resource,
			spanProcessors: [batch(BatchSpanProcessor!, exporter("trace", "OTLPTraceExporter"))],
		}),
	};
}

let server: TestPurser;
beforeAll(async () => {
	server = await startPurser();
});
afterAll(() => server.stop());

const cases: Options[] = (Object.keys(protocols) as Protocol[]).flatMap((protocol) => [
	{ protocol, temporality: "delta" as const },
	{ protocol, temporality: "cumulative" as const, compression: "gzip" as const },
]);

for (const major of majors) {
	for (const options of cases) {
		const { protocol, compression, temporality } = options;
		test(`${major} over ${protocol}, ${temporality}, ${compression ?? "not compressed"}: what was emitted can be asked for`, async () => {
			const session = crypto.randomUUID();
			const sdk = openSdk(major, server, options);
			const attributes = {
				"event.name": "user_prompt",
				"session.id": session,
				prompt_length: 11,
				sequence: 1.5,
				yes: true,
				list: ["a", "ü"],
			};
			sdk.logs
				.getLogger("com.anthropic.claude_code.events", "2.1.329")
				.emit({ body: "claude_code.user_prompt", severityNumber: 9, attributes });
			const lines = sdk.metrics.getMeter("com.anthropic.claude_code").createCounter("claude_code.lines_of_code.count");
			lines.add(3, { "session.id": session, type: "added" });
			await sdk.metrics.forceFlush();
			lines.add(4, { "session.id": session, type: "added" });
			const span = sdk.traces
				.getTracer("com.anthropic.claude_code")
				.startSpan("claude_code.interaction", { attributes: { "session.id": session } });
			span.end();
			for (const provider of Object.values(sdk)) await provider.forceFlush();
			for (const provider of Object.values(sdk)) await provider.shutdown();
			await server.settle();

			const { rows: events } = await server.get(`/api/v1/events?session=${session}`);
			expect(events).toHaveLength(1);
			expect(events[0]).toMatchObject({
				event: "user_prompt",
				body: "claude_code.user_prompt",
				severity_number: 9,
				attributes,
				resource: { "service.name": "claude-code", "team.id": "platform", "telemetry.sdk.language": "nodejs" },
				scope: { name: "com.anthropic.claude_code.events", version: "2.1.329" },
			});
			const { rows: points } = await server.get(`/api/v1/points?session=${session}`);
			expect(new Set(points.map((point) => point["temporality"]))).toEqual(new Set([temporality]));
			expect(points.map(({ value }) => value)).toEqual(expect.arrayContaining(temporality === "delta" ? [3, 4] : [3, 7]));
			const { rows: usage } = await server.get(`/api/v1/usage?measure=lines_added,prompts&where=session:${session}`);
			expect(usage).toEqual([{ lines_added: 7, prompts: 1 }]);
			const { rows: spans } = await server.get(`/api/v1/spans?session=${session}`);
			expect(spans.map((row) => [row["name"], row["span_id"]])).toEqual([["claude_code.interaction", span.spanContext().spanId]]);
		});
	}
}

test("an exporter that was asked to wait sends again, and its records count once", { timeout: 60_000 }, async (context) => {
	const disk = smallDisk("128m");
	if (typeof disk === "string") return context.skip(disk);
	const filler = join(disk.path, "filler");
	const small = await startPurser({ data: join(disk.path, "data"), "min-free-disk": "64M" });
	try {
		writeFileSync(filler, Buffer.alloc(80 * 1024 * 1024));
		await expect.poll(() => small.purser.health.journal().state, { timeout: 5000 }).toBe("full");
		const over = (["http/protobuf", "http/json"] as const).flatMap((protocol) =>
			majors.map((major) => openSdk(major, small, { protocol })),
		);
		const flushed = over.map(({ logs, metrics }, i) => {
			logs
				.getLogger("com.anthropic.claude_code.events", "2.1.329")
				.emit({ attributes: { "event.name": "user_prompt", "session.id": `s${i}` } });
			const lines = metrics.getMeter("com.anthropic.claude_code").createCounter("claude_code.lines_of_code.count");
			lines.add(i + 1, { "session.id": `s${i}`, type: "added" });
			return [logs.forceFlush(), metrics.forceFlush()];
		});
		const refused = async () => (await small.get<{ refused: number }>("/api/v1/status")).refused;
		await until(async () => (await refused()) >= over.length * 2, "refused");
		rmSync(filler);
		await Promise.all(flushed.flat());
		for (const provider of over.flatMap((sdk) => Object.values(sdk))) await provider.shutdown();
		await small.settle();
		const { rows } = await small.get("/api/v1/usage?measure=prompts,lines_added&by=session&order=session");
		expect(rows).toEqual(over.map((_, i) => ({ session: `s${i}`, prompts: 1, lines_added: i + 1 })));
	} finally {
		await small.stop();
		disk.remove();
	}
});
