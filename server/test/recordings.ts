import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Signal } from "../src/otlp/signals.ts";

/** One recorded request: what a real Claude Code sent. */
export type Recording = {
	/** `2.1.329/grpc/full/001-logs` */
	readonly name: string;
	/** `2.1.329/grpc/full` */
	readonly folder: string;
	readonly signal: Signal;
	/**
	 * The transport of this request: a folder's name has the configured one, and a signal may have had a protocol of its own.
	 */
	readonly transport: "grpc" | "http";
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
};

export const recordingsDirectory = fileURLToPath(new URL("../../recordings", import.meta.url));

export type Totals = Readonly<Record<string, number>>;

export const totals = JSON.parse(readFileSync(join(recordingsDirectory, "totals.json"), "utf8")) as {
	readonly all: Totals;
	readonly byFolder: Readonly<Record<string, Totals>>;
};

/** All recordings, in order of arrival within a folder. */
export function readRecordings(): Recording[] {
	return readdirSync(recordingsDirectory, { recursive: true, encoding: "utf8" })
		.flatMap((path) => {
			const match = /^([^/]+\/[^/]+\/[^/]+)\/(\d+-(logs|metrics|traces))\.(?:bin|json)$/.exec(path);
			if (!match) return [];
			const [, folder, file, signal] = match as unknown as [string, string, string, Signal];
			const sent = JSON.parse(readFileSync(join(recordingsDirectory, folder, `${file}.headers.json`), "utf8")) as {
				transport: Recording["transport"];
				path?: string;
				headers: Record<string, string>;
			};
			const body = readFileSync(join(recordingsDirectory, path));
			return [
				{
					name: `${folder}/${file}`,
					folder,
					signal,
					transport: sent.transport,
					path: sent.path ?? "",
					headers: sent.headers,
					body,
				},
			];
		})
		.sort((a, b) => (a.name < b.name ? -1 : 1));
}
