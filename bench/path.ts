/** The whole path: from a request on the wire until its records can be asked for, in CPU time of front and engine. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Load } from "./generator.ts";
import { send } from "./send.ts";
import { cpuMicros, residentMebibytes, startServer } from "./server.ts";
import { print, rounded } from "./table.ts";

const [only = "", seconds = "10"] = process.argv.slice(2);
const protocols: readonly Load["protocol"][] = ["http/protobuf", "http/json", "grpc"];
const rows = [];

for (const protocol of protocols) {
	for (const perRequest of [5, 100]) {
		const name = `${protocol}, ${perRequest} a request`;
		if (!name.startsWith(only)) continue;
		const server = await startServer();
		await sleep(1000);
		const { front, engine } = server;
		const idle = residentMebibytes(front).now;
		const address = protocol === "grpc" ? server.grpc : server.http;
		// Exporters have one request under way. No more of them than the machine keeps up with.
		const connections = perRequest === 5 ? 64 : 16;
		const load: Load = { protocol, address, signal: "logs", perRequest, connections, inFlight: 1, seconds: Number(seconds) };
		// A server runs for weeks: what its first seconds take to compile is not a record's cost.
		const warm = await send({ ...load, seconds: 4, seed: 1 });
		await server.settle();
		let before = { front: 0, engine: 0 };
		const sent = await send(load, () => {
			before = { front: cpuMicros(front), engine: cpuMicros(engine) };
		});
		await server.settle();
		const spent = { front: cpuMicros(front) - before.front, engine: cpuMicros(engine) - before.engine };
		const {
			rows: [answer],
		} = await server.get<{ rows: { events: number }[] }>("/api/v1/usage?measure=events&from=-1h");
		const { signals } = await server.get<{ signals: { logs: { duplicate: number } } }>("/api/v1/status");
		// Among very many generated requests two may have the same bytes, which count once.
		const expected = warm.records + sent.records - signals.logs.duplicate * perRequest;
		if (warm.failed + sent.failed > 0 || answer?.events !== expected) {
			const counted = JSON.stringify(signals.logs);
			throw new Error(
				`sent ${warm.records + sent.records} records, stored ${answer?.events}; ${sent.failed} requests failed; ${counted}`,
			);
		}
		rows.push({
			load: name,
			"records/s": Math.round(sent.records / sent.seconds),
			"wire bytes": Math.round(sent.bytes / sent.records),
			"CPU µs a record": rounded((spent.front + spent.engine) / sent.records),
			front: rounded(spent.front / sent.records),
			engine: rounded(spent.engine / sent.records),
			"front MiB idle": idle,
			"front MiB most": residentMebibytes(front).most,
			"engine MiB most": residentMebibytes(engine).most,
		});
		await server.stop();
	}
}
print("path", rows);
