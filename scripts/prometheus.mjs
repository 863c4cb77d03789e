import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "./browser.mjs";
import { say, stamps } from "./prepare.mjs";
import { step } from "./run.mjs";

/**
 * A Prometheus for the client's tests: the system's own, or one unpacked from Debian's package when we may ask for it, since to install
 * it would start a service; "" when there is none.
 */
export async function prometheus({ limit } = {}) {
	const folder = join(stamps(), "prometheus");
	const unpacked = join(folder, "usr/bin/prometheus");
	const found = process.env.PROMETHEUS_PATH || findProgram("prometheus") || (existsSync(unpacked) ? unpacked : "");
	if (found) return found;
	if (process.platform === "linux" && process.getuid?.() === 0 && findProgram("apt-get")) {
		mkdirSync(folder, { recursive: true });
		// As root, because apt's own user may not write there.
		const download = "apt-get -q -o APT::Sandbox::User=root download prometheus";
		const unpack = `apt-get -q update && ${download} && dpkg -x prometheus_*.deb . && rm prometheus_*.deb`;
		await step("fetching Prometheus for the client's tests", "sh", ["-c", unpack], { cwd: folder, limit });
	}
	return existsSync(unpacked) ? unpacked : "";
}

export function sayNoPrometheus() {
	const how = "apt-get install prometheus, or name one in PROMETHEUS_PATH";
	say(`no Prometheus, so the client's test with one is skipped: ${how}`);
}
