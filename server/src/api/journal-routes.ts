import { quarantineResponse, retryResponse, segmentParameters } from "@purser/api";
import type { Journal } from "../journal/journal.ts";
import { definitionOf } from "../otlp/signals.ts";
import { wireToJson } from "../otlp/wire-to-json.ts";
import { action, type Route } from "./route.ts";
import { isoTime } from "./time-parameter.ts";

/** Routes of segments that were acknowledged and could not be loaded into the store. */
export const journalRoutes = (journal: Pick<Journal, "quarantine" | "retry">): Route[] => [
	action({
		method: "GET",
		path: "/api/v1/journal",
		summary: "Quarantined journal segments with reasons; their records are in no answer",
		response: quarantineResponse,
		example: {
			quarantined: [
				{
					name: "000000000012-1f2e3d4c-0-1",
					bytes: 512,
					requests: 1,
					records: 1,
					since: "2026-11-20T10:00:00.000Z",
					reason: "Cannot read all data",
				},
			],
		},
		handle: () => ({
			quarantined: journal.quarantine.all.map(({ sinceMs, ...rest }) => ({ ...rest, since: isoTime(sinceMs) })),
		}),
	}),
	action({
		method: "POST",
		path: "/api/v1/journal/retry",
		summary: "Retry loading a quarantined segment",
		parameters: segmentParameters,
		response: retryResponse,
		example: { retried: "000000000012-1f2e3d4c-0-1" },
		handle: async ({ name }) => {
			await journal.retry(name);
			return { retried: name };
		},
	}),
	{
		method: "GET",
		path: "/api/v1/journal/export",
		summary: "A quarantined segment's requests as OTLP/JSON lines, each with its signal and receive time",
		parameters: segmentParameters,
		handle: async ({ name }, _request, reply) => {
			const requests = await journal.quarantine.read(name as string);
			const lines = requests.map(({ signal, receivedMs, wire }) =>
				JSON.stringify({
					signal,
					received: isoTime(receivedMs),
					request: wireToJson(definitionOf(signal).request, wire, 0, wire.length, 200),
				}),
			);
			return reply
				.type("application/x-ndjson; charset=utf-8")
				.header("Content-Disposition", "attachment")
				.send(lines.map((line) => `${line}\n`).join(""));
		},
	},
];
