import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Listener, type Probe, probeResponse } from "@purser/api";
import type { Answers } from "../queries/answers.ts";
import { type ProbeProtocol, probeEvent, sendProbe } from "../receive/probe.ts";
import { action, type Route } from "./route.ts";

const protocols: readonly { readonly protocol: ProbeProtocol; readonly listener: Listener["name"]; readonly name: string }[] = [
	{ protocol: "grpc", listener: "grpc", name: "OTLP/gRPC accepts an event" },
	{ protocol: "http/protobuf", listener: "http", name: "OTLP/HTTP accepts an event (protobuf)" },
	{ protocol: "http/json", listener: "http", name: "OTLP/HTTP accepts an event (JSON)" },
];

/** Sends a test event through each real listener and looks for it in the store. */
export const probeRoute = (
	answers: Answers,
	listeners: () => readonly Listener[],
	temporaryKey: () => string | undefined,
): Route =>
	action({
		method: "POST",
		path: "/api/v1/probe",
		summary: "Sends a test event through every listener and finds it in the store",
		response: probeResponse,
		handle: async () => {
			const checks: Probe["checks"][number][] = [];
			const key = temporaryKey();
			const sent: string[] = [];
			for (const { protocol, listener, name } of protocols) {
				const at = listeners().find((each) => each.name === listener);
				if (!at) continue;
				const id = randomUUID();
				const origin = `${at.tls ? "https" : "http"}://${at.address.replace(/^(0\.0\.0\.0|\[::\])/, "127.0.0.1")}`;
				const { ok, detail } = await sendProbe(protocol, origin, id, key);
				if (ok) sent.push(id);
				checks.push({
					name,
					ok,
					detail: `${at.address}: ${detail}`,
					...(!ok && { fix: "See the server's log; restart it with --help to check its addresses." }),
				});
			}
			const found = await findProbes(answers, sent);
			const ok = sent.length > 0 && found === sent.length;
			checks.push({
				name: "The store has them",
				ok,
				detail: `${found} of ${sent.length} found`,
				...(!ok && { fix: "The events are safe in the journal. GET /api/v1/status says how the store is and why." }),
			});
			return { ok: checks.every((check) => check.ok), checks };
		},
	});

/** Counts the probes that reach the store within ten seconds. */
async function findProbes(answers: Answers, ids: readonly string[]): Promise<number> {
	let found = 0;
	for (const deadline = Date.now() + 10_000; Date.now() < deadline && found < ids.length; await sleep(100)) {
		try {
			found = await answers.probes(probeEvent, ids);
		} catch {
			// The store may be on its way back.
		}
	}
	return found;
}
