import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Load, seeded, wrongIn } from "./load.ts";
import { startServerProcess } from "./process.ts";
import { until } from "./purser.ts";
import type { Answer } from "./send.ts";
import { smallDisk } from "./small-disk.ts";

const cases = [
	{ what: "down to the floor", flags: [] },
	{ what: "to its last byte", flags: ["--min-free-disk", "0"] },
];

for (const { what, flags } of cases) {
	test(`a disk that is full ${what} loses nothing, and everything continues when there is space`, {
		timeout: 90_000,
	}, async (context) => {
		const disk = smallDisk("64m");
		if (typeof disk === "string") return context.skip(disk);
		const filler = join(disk.path, "filler");
		writeFileSync(filler, Buffer.alloc(32 * 1024 * 1024));
		const server = await startServerProcess(join(disk.path, "data"), ["--load-interval-ms", "200", ...flags]);
		const refused: Record<string, Answer[]> = { grpc: [], http: [] };
		let accepted = 0;
		try {
			await until(server.isReady, "ready");
			const load = new Load({
				grpc: server.grpc,
				http: server.http,
				senders: 2,
				pauseMs: 1,
				random: seeded(1),
				ballast: 8000,
				onAnswer: (answer, transport) => {
					if (answer.status === (transport === "grpc" ? 0 : 200)) accepted++;
					else refused[transport]!.push(answer);
				},
			});
			await until(() => Object.values(refused).every((answers) => answers.length > 20), "full", 40_000);

			// Senders are asked to wait for as long as they do.
			for (const { status, headers } of refused["http"]!) expect([status, headers["retry-after"]]).toEqual([503, "2"]);
			for (const { status, headers } of refused["grpc"]!) {
				expect(status).toBe(8);
				const details = Buffer.from(String(headers["grpc-status-details-bin"]), "base64");
				expect(details.includes("type.googleapis.com/google.rpc.RetryInfo")).toBe(true);
				expect(details.subarray(-4)).toEqual(Buffer.from([0x0a, 0x02, 0x08, 0x02]));
			}
			// Stored records can be read.
			const usage = "/api/v1/usage?measure=events,cost_usd&from=-1d";
			await until(async () => (await server.get<{ rows: { events: number }[] }>(usage)).rows[0]!.events > 0, "read");

			rmSync(filler);
			const before = accepted;
			await until(() => accepted > before + 50, "accepting again");
			await load.stop();
			await server.settled();
			expect(await wrongIn(load.sent, server.get)).toEqual([]);
			expect(server.endedByItself(), server.log()).toBe(false);
		} catch (error) {
			console.error(server.log());
			throw error;
		} finally {
			await server.kill("SIGTERM");
			disk.remove();
		}
	});
}
