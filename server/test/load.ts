import { Agent } from "node:http";
import { type ClientHttp2Session, connect } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { createRandom } from "../../demo/src/random.ts";
import { jsonToWire } from "../src/otlp/json-to-wire.ts";
import { definitionOf, type Signal } from "../src/otlp/signals.ts";
import { type Answer, call, post } from "./send.ts";

/** A request whose records no other request has, and what the accounts must say of them. */
export type Sent = {
	/** Its records' session. */
	readonly session: string;
	readonly signal: Signal;
	readonly records: number;
	/** Cost of its events, in billionths of a dollar: another amount for every request. */
	readonly costNanoUsd: number;
	/** Lines of its data points: another number for every request. */
	readonly linesAdded: number;
	state: "on its way" | "acknowledged" | "given up";
	sends: number;
};

export type LoadOptions = {
	readonly grpc: string;
	readonly http: string;
	/** The number of senders of each protocol that send one request after the other. */
	readonly senders: number;
	/** Between an acknowledgement and the next request, in ms. */
	readonly pauseMs: number;
	readonly random: () => number;
	/** Bytes of text that each event carries. */
	readonly ballast?: number;
	/** The number of requests that were made before these. */
	readonly first?: number;
	readonly onAnswer?: (answer: Answer, transport: Transport) => void;
};

type Transport = "grpc" | "http";

const patienceMs = 10_000;

/** Returns random numbers from a seed, equal for equal seeds. */
export const seeded = (seed: number): (() => number) => createRandom(seed);

/**
 * Exporters that don't lose patience: each sends a request until it is acknowledged, byte for byte the same. One in ten gives
 * up instead, as gRPC exporters do, and one in ten sends again what was acknowledged, as after an answer that got lost.
 */
export class Load {
	readonly sent: Sent[] = [];
	readonly #options: LoadOptions;
	readonly #agent = new Agent({ keepAlive: true });
	#session: ClientHttp2Session | undefined;
	#stopping = false;
	readonly #senders: Promise<void>[];

	constructor(options: LoadOptions) {
		this.#options = options;
		const transports = Array.from({ length: options.senders }, (): Transport[] => ["grpc", "http"]).flat();
		this.#senders = transports.map((transport) => this.#run(transport));
	}

	get acknowledged(): Sent[] {
		return this.sent.filter(({ state }) => state === "acknowledged");
	}

	/** Begins no further request and resolves when all are acknowledged or given up. */
	async stop(): Promise<void> {
		this.#stopping = true;
		await Promise.all(this.#senders);
		this.#agent.destroy();
		this.#session?.destroy();
	}

	async #run(transport: Transport): Promise<void> {
		const { random, pauseMs, ballast = 0, first = 0 } = this.#options;
		while (!this.#stopping) {
			const number = first + this.sent.length + 1;
			const { sent, request } = makeRequest(number, 1 + Math.floor(random() * 4), ballast);
			this.sent.push(sent);
			const mayGiveUp = random() < 0.1;
			const sendsAgain = random() < 0.1;
			const send = this.#sender(transport, sent.signal, request);
			while (sent.state === "on its way") {
				sent.sends++;
				const answer = await send();
				if (answer && isKept(answer, transport)) sent.state = "acknowledged";
				else if (mayGiveUp) sent.state = "given up";
				else await sleep(20 + random() * 100);
			}
			if (sendsAgain) await send();
			await sleep(pauseMs * random() * 2);
		}
	}

	/** Sends the same bytes each time it is called; undefined is a connection that broke, or no answer. */
	#sender(transport: Transport, signal: Signal, request: object): () => Promise<Answer | undefined> {
		const { grpc, http, onAnswer } = this.#options;
		const definition = definitionOf(signal);
		const json = Buffer.from(JSON.stringify(request));
		const body =
			transport === "grpc" ? jsonToWire(definition.request, Buffer.from(JSON.stringify(request))).wire : gzipSync(json);
		const headers = { "content-type": "application/json", "content-encoding": "gzip" };
		return async () => {
			try {
				const answer =
					transport === "grpc"
						? await within(patienceMs, call(this.#connection(grpc), definition.method, {}, body))
						: await within(patienceMs, post(`http://${http}${definition.path}`, headers, body, this.#agent));
				onAnswer?.(answer, transport);
				return answer;
			} catch {
				return undefined;
			}
		};
	}

	#connection(grpc: string): ClientHttp2Session {
		if (!this.#session || this.#session.destroyed || this.#session.closed) {
			this.#session = connect(`http://${grpc}`);
			this.#session.on("error", () => undefined);
		}
		return this.#session;
	}
}

export const isKept = ({ status }: Answer, transport: Transport): boolean => status === (transport === "grpc" ? 0 : 200);

async function within<Value>(ms: number, promise: Promise<Value>): Promise<Value> {
	const stop = new AbortController();
	const late = sleep(ms, undefined, { signal: stop.signal }).then(() => {
		throw new Error(`no answer within ${ms} ms`);
	});
	late.catch(() => undefined);
	try {
		return await Promise.race([promise, late]);
	} finally {
		stop.abort();
	}
}

function makeRequest(number: number, records: number, ballast: number): { sent: Sent; request: object } {
	const session = `session-${number}`;
	const signal: Signal = number % 8 === 0 ? "traces" : number % 4 === 1 ? "metrics" : "logs";
	const costNanoUsd = signal === "logs" ? number * 1000 * records : 0;
	const linesAdded = signal === "metrics" ? number * records : 0;
	const sent: Sent = { session, signal, records, costNanoUsd, linesAdded, state: "on its way", sends: 0 };
	// Of this hour and of those before, which are rolled up meanwhile.
	const ms = Date.now() - (number % 7) * 3_600_000;
	const nanoseconds = (i: number) => `${BigInt(ms) * 1_000_000n + BigInt(number % 100_000) * 10n + BigInt(i)}`;
	const all = Array.from({ length: records }, (_, i) => i);
	const resource = { attributes: attributes({ "service.name": "claude-code", "service.version": "2.1.329" }) };
	const scope = { name: "com.anthropic.claude_code", version: "2.1.329" };
	const noise =
		ballast > 0 ? { noise: Array.from({ length: ballast / 11 }, () => Math.random().toString(36).slice(2)).join("") } : {};
	const logRecords = all.map((i) => ({
		timeUnixNano: nanoseconds(i),
		body: { stringValue: "claude_code.api_request" },
		attributes: attributes({
			"event.name": "api_request",
			"session.id": session,
			model: "claude-opus-5-5",
			cost_usd: (number * 1000) / 1e9,
			...noise,
		}),
	}));
	const points = all.map((i) => ({
		timeUnixNano: nanoseconds(i),
		startTimeUnixNano: nanoseconds(i),
		asInt: String(number),
		attributes: attributes({ "session.id": session, type: "added", part: String(i) }),
	}));
	const metric = {
		name: "claude_code.lines_of_code.count",
		sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: points },
	};
	const hex = (digits: number, value: number) => value.toString(16).padStart(digits, "0");
	const spans = all.map((i) => ({
		traceId: hex(32, number),
		spanId: hex(16, number * 10 + i + 1),
		name: "claude_code.tool",
		startTimeUnixNano: nanoseconds(i),
		endTimeUnixNano: nanoseconds(i),
		attributes: attributes({ "session.id": session }),
	}));
	const request =
		signal === "logs"
			? { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] }
			: signal === "metrics"
				? { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics: [metric] }] }] }
				: { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] };
	return { sent, request };
}

const attributes = (values: Readonly<Record<string, string | number>>) =>
	Object.entries(values).map(([key, value]) => ({
		key,
		value: typeof value === "string" ? { stringValue: value } : { doubleValue: value },
	}));

type Get = <Answer>(path: string) => Promise<Answer>;
type Rows = { readonly rows: readonly Record<string, unknown>[]; readonly meta: { readonly next_cursor?: string | null } };

/**
 * Returns what answers report wrongly about requests: an acknowledged request that is not there whole, one that is there more
 * than once, one that was given up and is there in part. Empty when the answers are right.
 */
export async function wrongIn(sent: readonly Sent[], get: Get): Promise<string[]> {
	const events = await bySession(get, "events,cost_usd");
	const points = await bySession(get, "lines_added");
	const spans = new Map<string, Set<string>>();
	let spanRows = 0;
	for (let cursor: string | null | undefined = ""; cursor !== undefined && cursor !== null; ) {
		const page: Rows = await get(`/api/v1/spans?limit=1000${cursor && `&cursor=${cursor}`}`);
		for (const row of page.rows) {
			spanRows++;
			const session = String(row["session_id"]);
			spans.set(session, (spans.get(session) ?? new Set()).add(String(row["span_id"])));
		}
		cursor = page.meta.next_cursor;
	}
	const wrong: string[] = [];
	const expected = { events: 0, points: 0, spans: 0 };
	for (const { session, signal, records, costNanoUsd, linesAdded, state, sends } of sent) {
		const count = signal === "logs" ? Number(events.get(session)?.["events"] ?? 0) : 0;
		const cost = Math.round(Number(events.get(session)?.["cost_usd"] ?? 0) * 1e9);
		const lines = Number(points.get(session)?.["lines_added"] ?? 0);
		const there =
			signal === "logs" ? count : signal === "metrics" ? (lines * records) / linesAdded : (spans.get(session)?.size ?? 0);
		const isAbsent = there === 0 && cost === 0 && lines === 0;
		const isWhole = there === records && cost === costNanoUsd && lines === linesAdded;
		if (isWhole) expected[signal === "logs" ? "events" : signal === "metrics" ? "points" : "spans"] += records;
		if (isWhole || (isAbsent && state === "given up")) continue;
		wrong.push(
			`${session} (${signal}, ${state}, sent ${sends} times): ${there} of ${records} records, ${cost} of ${costNanoUsd} n$`,
		);
	}
	// What is stored is asked for at most once a second.
	await sleep(1100);
	await get("/api/v1/status");
	const { stored } = await get<{ stored: Record<string, number> }>("/api/v1/status");
	for (const [table, count] of Object.entries(expected)) {
		if (stored[table] !== count) wrong.push(`${stored[table]} ${table} are stored, not ${count}`);
	}
	if (spanRows !== expected.spans) wrong.push(`${spanRows} spans are listed, not ${expected.spans}`);
	return wrong;
}

async function bySession(get: Get, measures: string): Promise<Map<string, Record<string, unknown>>> {
	const { rows } = await get<Rows>(`/api/v1/usage?measure=${measures}&by=session&limit=100000&from=-1d`);
	return new Map(rows.map((row) => [String(row["session"]), row]));
}
