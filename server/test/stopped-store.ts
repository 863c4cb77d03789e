import { join } from "node:path";
import { EngineSupervisor } from "../src/engine/supervisor.ts";
import type { Sql } from "../src/sql.ts";
import { Store } from "../src/store/store.ts";
import { noLog } from "./log.ts";

/** Does something to the store of a data directory while no Purser has it open. */
export async function commandStore(data: string, ...statements: readonly Sql[]): Promise<void> {
	const engine = await new Promise<EngineSupervisor>((resolve) => {
		const opened: EngineSupervisor = new EngineSupervisor({
			directory: join(data, "engine"),
			socketPath: join(data, "sock"),
			residentBytes: 8e9,
			untrustedSeconds: 30,
			wedgedMs: 60_000,
			onReady: () => resolve(opened),
			log: noLog,
		});
	});
	const store = new Store({ url: "http://engine", agent: engine.agent, maxSeconds: 10 });
	for (const statement of statements) await store.command(statement);
	await store.close();
	await engine.close();
}
