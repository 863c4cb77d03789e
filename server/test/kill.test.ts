import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Load, seeded, wrongIn } from "./load.ts";
import { type ServerProcess, startServerProcess } from "./process.ts";
import { rolledUp, until } from "./purser.ts";

const kills = Number(process.env["PURSER_KILLS"] ?? 12);
const seed = Number(process.env["PURSER_SEED"] ?? 1);

test(`after ${kills} kills of either process every acknowledged record is stored exactly once (R2)`, {
	timeout: 60_000 + kills * 10_000,
}, async () => {
	const random = seeded(seed);
	const data = mkdtempSync(join(tmpdir(), "purser-kill-"));
	const server = await startServerProcess(data, ["--load-interval-ms", "100", "--rollup-delay-seconds", "0"]);
	const load = new Load({ grpc: server.grpc, http: server.http, senders: 4, pauseMs: 20, random });
	try {
		await until(server.isReady, "ready");
		for (let i = 0; i < kills; i++) {
			// One in three comes before the last one is over.
			if (random() < 0.67) await until(server.isReady, "ready again");
			// The time of the kill is the input of this test.
			await sleep(random() * 1500);
			await killSomething(server, random());
		}
		await until(server.isReady, "ready again");
		await load.stop();
		await server.settled();
		expect(await wrongIn(load.sent, server.get)).toEqual([]);
		await rolledUp(server);
		expect(await wrongIn(load.sent, server.get)).toEqual([]);
		expect(load.acknowledged.length).toBeGreaterThan(kills * 20);
		expect(server.endedByItself(), server.log()).toBe(false);

		// The journal is empty now: what comes after one more start is counted like all that came before.
		await server.kill();
		server.start();
		const later = new Load({ grpc: server.grpc, http: server.http, senders: 1, pauseMs: 20, random, first: load.sent.length });
		await until(() => later.acknowledged.length > 5, "acknowledged after the last start");
		await later.stop();
		await server.settled();
		expect(await wrongIn([...load.sent, ...later.sent], server.get)).toEqual([]);
	} catch (error) {
		console.error(
			`seed ${seed}\n${server.log()}\n${await fetch(`http://${server.web}/api/v1/status`).then((a) => a.text(), String)}`,
		);
		throw error;
	} finally {
		await server.kill("SIGTERM");
		rmSync(data, { recursive: true, force: true });
	}
});

async function killSomething(server: ServerProcess, chance: number): Promise<void> {
	const engine = server.enginePid();
	if (engine !== undefined && chance > 0.4) process.kill(engine, "SIGKILL");
	if (chance > 0.6) return;
	await server.kill();
	server.start();
}
