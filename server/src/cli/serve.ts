import { readConfig } from "../config.ts";
import type { OpenPurser } from "./purser.ts";

/** Runs until it is told to stop. */
export async function serve(flags: Readonly<Record<string, unknown>>, openPurser: OpenPurser): Promise<void> {
	const { config: file, ...given } = flags;
	const named = Object.fromEntries(
		Object.entries(given).map(([name, value]) => [name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`), value]),
	);
	const config = readConfig({ flags: named, environment: process.env, ...(typeof file === "string" && { file }) });
	const log = (message: string) => process.stderr.write(`${new Date().toISOString()} ${message}\n`);
	const purser = await openPurser(config, log);
	const at = Object.fromEntries(
		purser.listeners.map(({ name, address, tls }) => [name, `${tls ? "https" : "http"}://${address}`]),
	);
	process.stderr.write(
		`Purser is ready.\n  page and API   ${at["web"]}\n  OTLP/gRPC      ${at["grpc"]}\n  OTLP/HTTP      ${at["http"]}\n  data           ${config.data}\n`,
	);
	const stopped = new Promise<void>((resolve) => {
		for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
	});
	await stopped;
	process.stderr.write("Stopping: finishing what was accepted.\n");
	await purser.close();
}
