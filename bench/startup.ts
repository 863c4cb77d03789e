/** Measures the time until Purser is ready: with a new data directory, and with an existing one. */
import { setTimeout as sleep } from "node:timers/promises";
import { cpuMicros, residentMebibytes, startServer } from "./server.ts";
import { print, quantile, rounded } from "./table.ts";

const runs = Number(process.argv[2] ?? 5);
const measured: { readyMs: number; cpuMs: number; front: number; engine: number }[][] = [[], []];
for (let run = 0; run < runs; run++) {
	let data: string | undefined;
	for (const list of measured) {
		const server = await startServer(data);
		const cpuMs = (cpuMicros(server.front) + cpuMicros(server.engine)) / 1000;
		await sleep(1000);
		const [front, engine] = [residentMebibytes(server.front).now, residentMebibytes(server.engine).now];
		list.push({ readyMs: server.readyMs, cpuMs, front, engine });
		data = server.data;
		await server.stop(list === measured[0]);
	}
}
const middle = (list: readonly (typeof measured)[0][0][], name: "readyMs" | "cpuMs" | "front" | "engine") =>
	rounded(
		quantile(
			list.map((each) => each[name]),
			0.5,
		),
		0,
	);
print(
	"startup",
	measured.map((list, i) => ({
		start: i === 0 ? "first" : "second",
		"ms to ready": middle(list, "readyMs"),
		"of CPU": middle(list, "cpuMs"),
		"front MiB idle": middle(list, "front"),
		"engine MiB idle": middle(list, "engine"),
	})),
);
