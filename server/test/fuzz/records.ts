import zlib from "node:zlib";
import { definitionOf, type Signal, signals } from "../../src/otlp/signals.ts";
import { readRecordings } from "../recordings.ts";
import { plainBody } from "../reference-decoder.ts";
import { call, post } from "../send.ts";
import { type Inputs, judge } from "./inputs.ts";
import { numbers } from "./random.ts";

/** gRPC's codes for what went wrong in the server: unknown, internal, data loss. */
const faults: ReadonlySet<number> = new Set([2, 13, 15]);

/** Requests of OTLP: values, structures and encodings of every kind, and recorded ones with bytes changed. */
export const records: Inputs = async (random, target) => {
	const bodies = readRecordings()
		.map((recording) => ({ signal: recording.signal, body: plainBody(recording) }))
		.filter(({ body }) => body.length < 20_000);
	const others = bodies.map(({ body }) => body);
	const now = Date.now();

	const anyValue = (depth = 0): unknown =>
		random.of([
			() => ({ stringValue: random.text() }),
			() => ({ intValue: random.of(numbers) }),
			() => ({ doubleValue: random.of(numbers) }),
			() => ({ boolValue: random.oneIn(2) }),
			() => ({ bytesValue: random.text() }),
			() => (depth < 4 ? { arrayValue: { values: random.list(4, () => anyValue(depth + 1)) } } : {}),
			() => (depth < 4 ? { kvlistValue: { values: random.list(4, () => attribute(depth + 1)) } } : {}),
			() => random.of([null, [], 1, random.text()]),
		])();
	const keys = [
		"event.name",
		"session.id",
		"user.email",
		"model",
		"cost_usd",
		"input_tokens",
		"output_tokens",
		"duration_ms",
		"cost_usd_micros",
		"event.sequence",
		"tool_name",
		"request_id",
		"team.id",
		"enduser.id",
		"anthropic.provider",
		"speed",
		"type",
	];
	const attribute = (depth = 0) => ({ key: random.oneIn(3) ? random.text() : random.of(keys), value: anyValue(depth) });
	const attributes = () => random.list(12, attribute);
	const time = () => random.of([`${now - random.below(1e9)}000000`, random.of(numbers), random.text()]);
	const metric = () => {
		const dataPoints = random.list(4, () => ({
			timeUnixNano: time(),
			startTimeUnixNano: time(),
			...random.of([
				{ asDouble: random.of(numbers) },
				{ asInt: random.of(numbers) },
				{
					count: random.of(numbers),
					sum: random.of(numbers),
					bucketCounts: random.list(4, () => random.of(numbers)),
					explicitBounds: random.list(4, () => random.of(numbers)),
				},
			]),
			attributes: attributes(),
		}));
		const kind = random.of(["sum", "gauge", "histogram", "exponentialHistogram", "summary"]);
		return {
			name: random.of(["claude_code.cost.usage", "claude_code.token.usage", "claude_code.commit.count", random.text()]),
			unit: random.text(),
			[kind]: { aggregationTemporality: random.below(4), isMonotonic: true, dataPoints },
		};
	};
	const record = (signal: Signal): unknown =>
		signal === "logs"
			? {
					timeUnixNano: time(),
					observedTimeUnixNano: time(),
					body: anyValue(),
					eventName: random.text(),
					traceId: random.text(),
					severityNumber: random.of(numbers),
					attributes: attributes(),
				}
			: signal === "metrics"
				? metric()
				: {
						name: random.text(),
						traceId: random.of(["ab".repeat(16), random.text()]),
						spanId: random.text(),
						startTimeUnixNano: time(),
						endTimeUnixNano: time(),
						kind: random.of(numbers),
						attributes: attributes(),
						events: random.list(3, () => ({ name: random.text(), attributes: attributes() })),
						links: random.list(2, () => ({ attributes: attributes() })),
						status: { code: random.of(numbers), message: random.text() },
					};
	const lists = {
		logs: ["resourceLogs", "scopeLogs", "logRecords"],
		metrics: ["resourceMetrics", "scopeMetrics", "metrics"],
		traces: ["resourceSpans", "scopeSpans", "spans"],
	} as const;
	const json = (signal: Signal): Buffer => {
		const [resources, scopes, list] = lists[signal];
		const request = {
			[resources]: random.list(3, () => ({
				resource: { attributes: attributes() },
				[scopes]: random.list(3, () => ({
					scope: { name: random.text(), attributes: attributes() },
					[list]: random.list(6, () => record(signal)),
				})),
			})),
		};
		return Buffer.from(JSON.stringify(request));
	};
	const encodings = {
		gzip: zlib.gzipSync,
		deflate: zlib.deflateSync,
		zstd: zlib.zstdCompressSync,
	} as const;

	return () => {
		const recorded = random.of(bodies);
		const isMade = random.oneIn(2);
		const signal = isMade ? random.of(signals).signal : recorded.signal;
		let body: Buffer = isMade ? json(signal) : recorded.body;
		let isJson = body[0] === 0x7b;
		if (!isMade || random.oneIn(4)) body = random.mutated(body, others);
		if (random.oneIn(30))
			body = Buffer.alloc(
				random.of([1, 100, 60_000]),
				random.of([[0x12, 0], [0x0a, 0], [0x7b, 0x7d, 0x2c], [0x5b]].map((each) => Buffer.from(each))),
			);
		if (random.oneIn(20)) isJson = !isJson;
		const encoding = random.of(["", "", "gzip", "deflate", "zstd", random.text()]);
		let sent =
			encoding in encodings && Object.hasOwn(encodings, encoding) ? encodings[encoding as keyof typeof encodings](body) : body;
		if (random.oneIn(20)) sent = random.mutated(sent, others);
		const what = `${signal} ${isJson ? "json" : "protobuf"} ${JSON.stringify(encoding)}: ${sent.toString("base64")}`;
		if (!isJson && random.oneIn(3)) {
			const path = random.oneIn(20) ? `/${encodeURIComponent(random.text().toWellFormed())}` : definitionOf(signal).method;
			return {
				what: `gRPC ${path} ${what}`,
				run: async () => {
					const headers = Object.hasOwn(encodings, encoding) ? { "grpc-encoding": encoding } : {};
					const answer = await call(target.grpc, path, headers, sent, encoding !== "").catch((error: unknown) => String(error));
					if (typeof answer === "string") return undefined;
					return faults.has(answer.status)
						? `gRPC status ${answer.status}: ${String(answer.headers["grpc-message"])}`
						: undefined;
				},
			};
		}
		const path = random.oneIn(10)
			? random.of(["/", "/v1/logs", "/v1/traces", "/base/v1/metrics", "/nothing"])
			: definitionOf(signal).path;
		const headers: Record<string, string> = { "content-type": isJson ? "application/json" : "application/x-protobuf" };
		if (/^[\x21-\x7e]+$/.test(encoding)) headers["content-encoding"] = encoding;
		return {
			what: `${path} ${what}`,
			run: async () => {
				const answer = await post(`http://${target.http}${path}`, headers, sent).catch((error: unknown) => String(error));
				return typeof answer === "string" ? undefined : judge(answer.status, answer.body.toString("utf8"), target);
			},
		};
	};
};
