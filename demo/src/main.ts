#!/usr/bin/env node
import { writeFileSync, writeSync } from "node:fs";
import { parseArgs } from "node:util";
import { emitHistory } from "./history.ts";
import { emitLive } from "./live.ts";
import { directoryOf, peopleOf } from "./organization.ts";

const usage = `Sends an invented organization's telemetry to a receiver of OTLP over HTTP.

  --http <url>      where it listens (http://127.0.0.1:4318)
  --seed <number>   the same seed, the same organization (1)
  --days <number>   days of history, 0 for none (90)
  --scale <number>  people for each one of the usual forty (1)
  --live            continues from now on until it is stopped
  --tethered        ends when its standard input does
  --directory <file>  writes who they are, as Purser's directory has it
  --mark-file <file>  writes there, in JSON, when the history has ended
The key of a receiver that wants one is read from PURSER_KEY.`;

const { values } = parseArgs({
	options: {
		http: { type: "string", default: "http://127.0.0.1:4318" },
		seed: { type: "string", default: "1" },
		days: { type: "string", default: "90" },
		scale: { type: "string", default: "1" },
		live: { type: "boolean", default: false },
		tethered: { type: "boolean", default: false },
		directory: { type: "string" },
		"mark-file": { type: "string" },
		help: { type: "boolean", default: false },
	},
});
if (values.help) {
	process.stdout.write(`${usage}\n`);
	process.exit(0);
}
const [seed, days, scale] = [values.seed, values.days, values.scale].map(Number) as [number, number, number];
if (![seed, days, scale].every(Number.isFinite) || days < 0 || scale <= 0 || !URL.canParse(values.http)) {
	process.stderr.write(`cannot begin: --http has to be an address, --seed, --days and --scale numbers\n${usage}\n`);
	process.exit(2);
}

const key = process.env["PURSER_KEY"];
const destination = { endpoint: values.http, ...(key && { key }) };
const people = peopleOf(seed, scale);
const say = (text: string) => writeSync(2, text);
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

if (values.tethered) process.stdin.once("end", () => process.exit(0)).resume();
if (values.directory) writeFileSync(values.directory, directoryOf(people, new Date()));
if (days > 0) {
	const startedMs = Date.now();
	const { sessions, events, points, lost } = await emitHistory({ people, seed, nowMs: startedMs }, days, destination, progress);
	const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
	say(
		`\r\x1b[K${days} days of ${people.length} people: ${sessions} sessions, ${events} events, ${points} data points in ${seconds} s\n`,
	);
	if (lost === 0 && values["mark-file"])
		writeFileSync(values["mark-file"], `${JSON.stringify({ seed, days, historyEndedAt: new Date() })}\n`);
	if (lost > 0) {
		say(
			`${lost} records were not taken: is ${values.http} the address of OTLP over HTTP, and does it want a key (PURSER_KEY)?\n`,
		);
		process.exitCode = 1;
	}
}
if (values.live && !process.exitCode) {
	say("From now on some of them are at work. Ctrl-C ends it.\n");
	await emitLive(people, seed, destination, stop.signal);
}
// Its input may still be open.
process.exit();

function progress(share: number): void {
	if (!process.stderr.isTTY) return;
	const width = 32;
	const done = Math.floor(share * width);
	say(
		`\r  inventing an organization  ${"█".repeat(done)}${"░".repeat(width - done)} ${String(Math.floor(share * 100)).padStart(3)} %`,
	);
}
