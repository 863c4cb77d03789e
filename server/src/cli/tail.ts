import { hash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { EventRow } from "@purser/api";
import { messageOf } from "../errors.ts";
import { type CommandDefinition, optionOf } from "./command.ts";
import { eventLine } from "./event-line.ts";
import { fetchEvents, filterOptions, filtersOf } from "./events.ts";
import { countOf, serverOf, serverOptions, tzOption, zoneOf } from "./query-options.ts";
import { ApiError, type Query, type Server } from "./server.ts";
import { serverSentEvents } from "./sse.ts";

import { cleanJson, terminalWidth, writeOutput, writeStatus } from "./terminal.ts";

/** Records are stored nearly in the order in which they were received; this much out of order is followed. */
const slackMs = 2000;
/** More events at once than a person reads: the number of the others is printed. */
const mostAtOnce = 5000;
const reconnectMs = 2000;

export const tail: CommandDefinition = Object.freeze<CommandDefinition>({
	name: "tail",
	brief: "Follow events as they arrive, one line each, until Ctrl-C",
	detail: "Events are shown in the order in which they were received, each once, also when the connection is lost in between.",
	options: [
		...filterOptions,
		{ flags: "--lines <count>", brief: "Earlier events to start with; 0 for none", default: "10" },
		{ flags: "--from <time>", brief: "Hide events that happened before, even if they arrive now", default: "-1d" },
		tzOption,
		{
			flags: "--format <format>",
			brief: "Readable lines, or one JSON object per line with all attributes",
			choices: ["table", "json"],
			default: "table",
		},
		...serverOptions,
	],
	examples: [
		{ command: "purser tail", brief: "Everything" },
		{ command: "purser tail --event api_error --lines 0", brief: "Errors of the model's API from now on" },
		{ command: "purser tail --format json | jq .attributes.cost_usd", brief: "For a program: one JSON object a line" },
	],
	run: async (_args, options, surroundings) => {
		const server = serverOf(options, surroundings);
		const tz = zoneOf(options);
		const lines = optionOf(options, "lines") === "0" ? 0 : countOf(options, "lines")!;
		const width = terminalWidth(surroundings.environment);
		const asJson = optionOf(options, "format") === "json";
		const query = { ...filtersOf(options), from: optionOf(options, "from") };
		const show = (row: EventRow) => writeOutput(asJson ? cleanJson(row) : eventLine(row, tz, width));
		const stopping = new AbortController();
		for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());
		await follow(server, query, lines, show, stopping.signal);
	},
});

/** Shows every event once until the process is asked to stop. The first connection must succeed; a later one is retried. */
async function follow(
	server: Server,
	query: Query,
	lines: number,
	show: (row: EventRow) => void,
	stop: AbortSignal,
): Promise<void> {
	const follower = new Follower(server, query, show);
	for (let first = true; !stop.aborted; first = false) {
		try {
			const response = await server.open("/api/v1/stream", {}, stop);
			// What arrives from here on is announced; what was there before is asked for once.
			await (first ? follower.begin(lines) : follower.catchUp());
			for await (const { event } of serverSentEvents(response.body!)) {
				if (event === "stored") await follower.catchUp();
			}
			if (!stop.aborted) writeStatus("The server closed the connection; trying again.");
		} catch (error) {
			if (stop.aborted) return;
			if (first || (error instanceof ApiError && error.status === 401)) throw error;
			writeStatus(`${messageOf(error)}; trying again.`);
		}
		await sleep(reconnectMs, undefined, { signal: stop }).catch(() => undefined);
	}
}

/** Knows how far it has come: the newest time of reception, and the events of the last moments before it. */
class Follower {
	readonly #server: Server;
	readonly #query: Query;
	readonly #show: (row: EventRow) => void;
	/** Known events by their content, with how often and when they were received. Two events may have the same content. */
	readonly #known = new Map<string, { count: number; receivedMs: number }>();
	#newestMs = 0;

	constructor(server: Server, query: Query, show: (row: EventRow) => void) {
		this.#server = server;
		this.#query = query;
		this.#show = show;
	}

	async begin(lines: number): Promise<void> {
		const { rows } = await fetchEvents(this.#server, this.#query, Math.max(lines, 100));
		const earlier = rows.slice(0, lines);
		const seenMs = Math.max(0, ...rows.map(receivedMs));
		this.#newestMs = seenMs;
		const latest = this.#fresh(await this.#latest());
		// What was stored between the two questions is new; all else of these moments is known, whether it is shown or not.
		this.#showAll([...earlier, ...latest.filter((row) => receivedMs(row) > seenMs)]);
	}

	async catchUp(): Promise<void> {
		this.#showAll(this.#fresh(await this.#latest()));
	}

	async #latest(): Promise<readonly EventRow[]> {
		const since = new Date(Math.max(0, this.#newestMs - slackMs)).toISOString();
		const { rows, meta } = await fetchEvents(this.#server, { ...this.#query, received_from: since }, mostAtOnce);
		if (meta.next_cursor) writeStatus(`More than ${mostAtOnce} events at once: the earlier ones are not shown.`);
		return rows;
	}

	/** Those that were not there before, which are then known. */
	#fresh(rows: readonly EventRow[]): EventRow[] {
		const counts = new Map<string, number>();
		const fresh: EventRow[] = [];
		for (const row of rows) {
			const key = hash("sha256", JSON.stringify({ ...row, person: "" }));
			const count = (counts.get(key) ?? 0) + 1;
			counts.set(key, count);
			if (count <= (this.#known.get(key)?.count ?? 0)) continue;
			this.#known.set(key, { count, receivedMs: receivedMs(row) });
			this.#newestMs = Math.max(this.#newestMs, receivedMs(row));
			fresh.push(row);
		}
		for (const [key, { receivedMs: at }] of this.#known) if (at < this.#newestMs - 2 * slackMs) this.#known.delete(key);
		return fresh;
	}

	#showAll(rows: readonly EventRow[]): void {
		const inOrder = (a: EventRow, b: EventRow) =>
			receivedMs(a) - receivedMs(b) || (String(a["time"]) < String(b["time"]) ? -1 : 1);
		for (const row of rows.toSorted(inOrder)) this.#show(row);
	}
}

const receivedMs = (row: EventRow): number => Date.parse(String(row["received_at"])) || 0;
