import { readFileSync } from "node:fs";
import type { Config } from "./config.ts";
import { messageOf, UsageError } from "./errors.ts";

export type Tls = { readonly cert: Buffer; readonly key: Buffer; readonly ca?: Buffer };

/**
 * Reads the configured certificates; undefined where none is configured. Throws a UsageError for half a configuration, because a
 * server that listens without encryption looks the same to its operator.
 */
export function readTls(config: Config): Tls | undefined {
	const [cert, key, clientCa] = [config["tls-cert"], config["tls-key"], config["tls-client-ca"]];
	if (cert === "" && key === "" && clientCa === "") return undefined;
	const missing = [cert === "" && "--tls-cert", key === "" && "--tls-key"].filter(Boolean);
	if (missing.length > 0)
		throw new UsageError(
			`cannot speak TLS: ${missing.join(" and ")} missing. A certificate and its key go together; nothing listens without`,
		);
	return {
		cert: readPem(cert, "--tls-cert"),
		key: readPem(key, "--tls-key"),
		...(clientCa !== "" && { ca: readPem(clientCa, "--tls-client-ca") }),
	};
}

function readPem(path: string, flag: string): Buffer {
	try {
		return readFileSync(path);
	} catch (error) {
		throw new UsageError(`cannot read ${path}: ${messageOf(error)}. Look at ${flag}`);
	}
}
