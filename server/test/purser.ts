import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Purser } from "../src/cli/program.ts";
import { readConfig } from "../src/config.ts";
import { openPurser } from "../src/main.ts";
import { logTo } from "./log.ts";
import { checkResponse } from "./response-schemas.ts";

/** A whole Purser in this process, with the real engine as its own process, on free ports and a directory of its own. */
export type TestPurser = {
	/** HOST:PORT */
	readonly grpc: string;
	readonly http: string;
	readonly web: string;
	readonly data: string;
	readonly purser: Purser;
	readonly log: readonly string[];
	/** GET of the API as JSON; fails unless the answer is 200, and as its schema says. */
	readonly get: <Answer = { rows: Record<string, unknown>[]; meta: Record<string, unknown> }>(path: string) => Promise<Answer>;
	/** Waits until all that was acknowledged is in the store. */
	readonly settle: () => Promise<void>;
	/** Stops it; the directory stays when `keep`, to be opened again with `startPurser({ data })`. */
	readonly stop: (keep?: boolean) => Promise<void>;
};

export async function startPurser(flags: Readonly<Record<string, unknown>> = {}): Promise<TestPurser> {
	const data = typeof flags["data"] === "string" ? flags["data"] : mkdtempSync(join(tmpdir(), "purser-test-"));
	const free = "127.0.0.1:0";
	const config = readConfig({
		flags: { grpc: free, http: free, web: free, "load-interval-ms": 50, ...flags, data },
		environment: {},
	});
	const log: string[] = [];
	const purser = await openPurser(config, logTo(log));
	const [grpc, http, web] = purser.listeners.map(({ address }) => address) as [string, string, string];
	const get: TestPurser["get"] = async (path) => {
		const response = await fetch(`http://${web}${path}`);
		if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
		const body: unknown = await response.json();
		await checkResponse(web, path, body);
		return body as never;
	};
	await until(async () => (await fetch(`http://${web}/readyz`)).status === 200, "ready");
	return {
		grpc,
		http,
		web,
		data,
		purser,
		log,
		get,
		settle: () => until(() => purser.health.journal().rows === 0, "settled"),
		stop: async (keep = false) => {
			await purser.close();
			if (!keep) rmSync(data, { recursive: true, force: true });
		},
	};
}

/** Waits until past hours are answered from rollups. */
export const rolledUp = ({ get }: Pick<TestPurser, "get">): Promise<void> =>
	until(
		async () => {
			const { rollups } = await get<{ rollups: { waiting_hours: number } }>("/api/v1/status");
			return rollups.waiting_hours === 0;
		},
		"rolled up",
		60_000,
	);

/** Waits for a condition, for at most half a minute. */
export async function until(condition: () => boolean | Promise<boolean>, what: string, timeoutMs = 30_000): Promise<void> {
	for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(20)) if (await condition()) return;
	throw new Error(`not ${what} within ${timeoutMs} ms`);
}
