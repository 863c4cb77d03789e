import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Load, seeded, wrongIn } from "./load.ts";
import { startPurser, until } from "./purser.ts";

const storedEvents = async (server: Awaited<ReturnType<typeof startPurser>>): Promise<number | null> =>
	(await server.get<{ stored: { events: number | null } }>("/api/v1/status")).stored.events;
const statusOf = async (url: string) => (await fetch(url)).status;

test("while the engine is away all is acknowledged, and is loaded when it is back", { timeout: 60_000 }, async () => {
	const server = await startPurser();
	const web = `http://${server.web}`;
	const engine = join(server.data, "engine");
	const load = new Load({ grpc: server.grpc, http: server.http, senders: 2, pauseMs: 10, random: seeded(1) });
	try {
		await until(() => load.acknowledged.length > 50, "loading");
		await until(async () => ((await storedEvents(server)) ?? 0) > 0, "counted");
		// The engine cannot open a file as its directory, so it stays away until the directory is back.
		process.kill(server.purser.enginePid()!, "SIGKILL");
		renameSync(engine, `${engine}-away`);
		writeFileSync(engine, "");
		await until(async () => (await statusOf(`${web}/readyz`)) === 503, "away");
		const before = load.acknowledged.length;
		await until(() => load.acknowledged.length > before + 50, "acknowledging without the engine");
		expect(await statusOf(`${web}/readyz`)).toBe(503);
		expect(await statusOf(`${web}/healthz`)).toBe(200);
		const question = await fetch(`${web}/api/v1/usage?measure=events`);
		expect(question.status).toBe(503);
		expect(question.headers.get("content-type")).toContain("application/problem+json");
		const status = await server.get<{ store: { state: string; reason: string }; journal: { backlog_records: number } }>(
			"/api/v1/status",
		);
		expect(status.store).toMatchObject({ state: "away", reason: expect.stringMatching(/./) });
		expect(status.journal.backlog_records).toBeGreaterThan(0);
		// The records are still there: the last counts are reported until the store answers again.
		expect(await storedEvents(server)).toBeGreaterThan(0);

		rmSync(engine);
		renameSync(`${engine}-away`, engine);
		await until(async () => (await statusOf(`${web}/readyz`)) === 200, "back");
		await load.stop();
		await server.settle();
		expect(await wrongIn(load.sent, server.get)).toEqual([]);
	} finally {
		await load.stop();
		await server.stop();
	}
});
