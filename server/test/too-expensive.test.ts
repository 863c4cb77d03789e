import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createWeb } from "../src/api/web.ts";
import { sql } from "../src/sql.ts";
import { StoreLifecycle } from "../src/store/store-lifecycle.ts";
import { noLog } from "./log.ts";
import { startPurser } from "./purser.ts";

test("a question that takes longer than it may is answered with 422 and what to ask instead", async () => {
	const directory = mkdtempSync(join(tmpdir(), "purser-expensive-"));
	const server = await startPurser();
	const storage = await new Promise<StoreLifecycle>((resolve) => {
		const opened: StoreLifecycle = new StoreLifecycle({
			clickhouseUrl: "",
			engineDirectory: join(directory, "engine"),
			engineSocket: join(directory, "sock"),
			engineBytes: 8e9,
			maxSeconds: 1,
			retainMonths: { events: 13, points: 13, spans: 3 },
			onReady: () => resolve(opened),
			log: noLog,
		});
	});
	const web = await createWeb({
		routes: [
			{
				method: "GET",
				path: "/api/v1/endless",
				summary: "A question without end",
				handle: () => storage.store.rows(sql`SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 3`),
			},
		],
		health: server.purser.health,
		pageDirectory: directory,
		allowedHosts: new Set(),
		mayRead: () => true,
		tls: undefined,
		log: noLog,
	});
	try {
		await web.listen({ port: 0, host: "127.0.0.1" });
		const { port } = web.server.address() as { port: number };
		const startedMs = Date.now();
		const answer = await fetch(`http://127.0.0.1:${port}/api/v1/endless`);
		expect(Date.now() - startedMs).toBeLessThan(5000);
		expect(answer.status).toBe(422);
		expect(((await answer.json()) as { detail: string }).detail).toContain("ask for a shorter period or fewer dimensions");
	} finally {
		await web.close();
		await storage.close();
		await server.stop();
		rmSync(directory, { recursive: true, force: true });
	}
});
