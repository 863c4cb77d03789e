import { afterAll, beforeAll, expect, test } from "vitest";
import { createRandom } from "../../demo/src/random.ts";
import { PermanentError } from "../src/errors.ts";
import { Batch } from "../src/normalize/batch.ts";
import { jsonToWire } from "../src/otlp/json-to-wire.ts";
import { definitionOf, type Signal, sniffSignal } from "../src/otlp/signals.ts";
import { startPurser, type TestPurser } from "./purser.ts";
import { readRecordings } from "./recordings.ts";
import { plainBody } from "./reference-decoder.ts";
import { post } from "./send.ts";

/** The number of mutated requests; `PURSER_FUZZ` asks for a longer run, `PURSER_FUZZ_SEED` for another. */
const rounds = Number(process.env["PURSER_FUZZ"] ?? 4000);
const seed = Number(process.env["PURSER_FUZZ_SEED"] ?? 1);
/** Nothing that small may take longer; the machine may be busy, so once more is allowed. */
const slowMs = 100;

const next = createRandom(seed);
const random = (below: number): number => Math.floor(next() * below);
const bodies = readRecordings()
	.map((recording) => ({ signal: recording.signal, body: plainBody(recording) }))
	.filter(({ body }) => body.length < 50_000);
const isJson = (body: Buffer): boolean => body[0] === 0x7b;

/** Flips, cuts, inserts, or puts a piece of another recording in. */
function mutated(body: Buffer): Buffer {
	let bytes = Buffer.from(body);
	for (let times = 1 + random(4); times > 0; times--) {
		const at = random(bytes.length + 1);
		switch (random(5)) {
			case 0:
				if (at < bytes.length) bytes[at]! ^= 1 << random(8);
				break;
			case 1:
				bytes = bytes.subarray(0, at);
				break;
			case 2:
				bytes = Buffer.concat([
					bytes.subarray(0, at),
					Buffer.from(Array.from({ length: 1 + random(12) }, () => random(256))),
					bytes.subarray(at),
				]);
				break;
			case 3: {
				const other = bodies[random(bodies.length)]!.body;
				const from = random(other.length);
				bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + random(2000)), bytes.subarray(at)]);
				break;
			}
			default:
				bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + random(30)))]);
		}
	}
	return bytes;
}

/** Adds it as the front would; false when it can't be decoded. Anything else that is thrown is a bug. */
function isAdded(batch: Batch, signal: Signal, body: Buffer): boolean {
	try {
		const wire = isJson(body) ? jsonToWire(definitionOf(signal).request, body).wire : body;
		sniffSignal(wire);
		batch.add(signal, wire, Date.now());
		return true;
	} catch (error) {
		if (error instanceof PermanentError) return false;
		throw error;
	}
}

let server: TestPurser;
beforeAll(async () => {
	server = await startPurser();
});
afterAll(() => server.stop());

test(`${rounds} mutated requests are added or refused, at once, and what was added can be loaded`, async () => {
	const batch = new Batch();
	const slow: number[] = [];
	let collected = 0;
	const kept: { signal: Signal; body: Buffer }[] = [];
	for (let i = 0; i < rounds; i++) {
		const { signal, body } = bodies[random(bodies.length)]!;
		// A tenth goes to the wrong signal.
		const to = random(10) === 0 ? bodies[random(bodies.length)]!.signal : signal;
		const mutant = mutated(body);
		const before = performance.now();
		const added = isAdded(batch, to, mutant);
		if (performance.now() - before > slowMs) {
			const again = performance.now();
			isAdded(new Batch(), to, mutant);
			if (performance.now() - again > slowMs) slow.push(mutant.length);
		}
		if (added && kept.length < 400) kept.push({ signal: to, body: mutant });
		collected += mutant.length;
		if (collected > 8 * 1024 * 1024) {
			batch.blocks();
			batch.clear();
			collected = 0;
		}
	}
	expect(slow).toEqual([]);
	expect(kept.length).toBeGreaterThan(Math.min(rounds / 20, 100));

	for (const { signal, body } of kept) {
		const type = { "content-type": isJson(body) ? "application/json" : "application/x-protobuf" };
		const { status } = await post(`http://${server.http}${definitionOf(signal).path}`, type, body);
		expect(status).toBe(200);
	}
	await server.settle();
	const { signals, stored } = await server.get<{ signals: Record<Signal, { accepted: number }>; stored: Record<string, number> }>(
		"/api/v1/status",
	);
	expect([stored["events"], stored["points"], stored["spans"]]).toEqual([
		signals.logs.accepted,
		signals.metrics.accepted,
		signals.traces.accepted,
	]);
	expect(server.log.filter((line) => !line.includes(" engine: "))).toEqual([]);
	for (const list of ["events", "points", "spans"]) await server.get(`/api/v1/${list}?limit=1000`);
});
