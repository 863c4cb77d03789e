import type { SignalName } from "../semantic/signals.ts";
import type { Client } from "./coverage-client.ts";
import type { FleetGap } from "./ingest-outage.ts";
import type { Rhythm } from "./reporting-cadence.ts";

/** Reasons why a client may have stopped, as far as records show, each with the next step. */
export const causes = {
	fleet: {
		explanation: "Everybody stopped at that time.",
		advice: "Look at what is between them and Purser first: its address, a proxy, a firewall, a key that ended.",
		variables: ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS"],
	},
	moved: {
		explanation: "The same person has reported from another installation since.",
		advice: "Nothing, if the machine was replaced; else set this one up as the other.",
		variables: ["CLAUDE_CODE_ENABLE_TELEMETRY", "OTEL_EXPORTER_OTLP_ENDPOINT"],
	},
	update: {
		explanation: "The last records came from a version that was new there.",
		advice: "Compare with others on that version; start it with CLAUDE_CODE_OTEL_DIAG_STDERR=1 to see why exports fail.",
		variables: ["CLAUDE_CODE_ENABLE_TELEMETRY", "OTEL_EXPORTER_OTLP_PROTOCOL", "CLAUDE_CODE_OTEL_DIAG_STDERR"],
	},
	events: {
		explanation: "Other signals still come: only events stopped.",
		advice: "Check the exporter of events there, and restart the session: very long ones have been seen to lose it.",
		variables: ["OTEL_LOGS_EXPORTER", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL"],
	},
	metrics: {
		explanation: "Other signals still come: only metrics stopped.",
		advice: "Check the exporter of metrics there; many resource attributes have been seen to silence it.",
		variables: ["OTEL_METRICS_EXPORTER", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_RESOURCE_ATTRIBUTES"],
	},
	spans: {
		explanation: "Other signals still come: only spans stopped.",
		advice: "Check that the tracing beta is still on there.",
		variables: ["CLAUDE_CODE_ENHANCED_TELEMETRY_BETA", "OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"],
	},
	unknown: {
		explanation: "Nothing shows why: not used, away, or set otherwise.",
		advice: "Ask, or check there what the environment and the managed settings say; changes need a restart.",
		variables: ["CLAUDE_CODE_ENABLE_TELEMETRY", "OTEL_LOGS_EXPORTER", "OTEL_METRICS_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT"],
	},
} as const;

type SilenceReason = keyof typeof causes;

export type SilentClient = {
	readonly client: Client;
	/** One signal of a client that reports, or all of it. */
	readonly signal: SignalName | "all";
	readonly lastMs: number;
	readonly rhythm: Rhythm;
	readonly cause: SilenceReason;
};

/** Lists silent clients, whole clients first, those that stopped last before those that stopped long ago. */
export function silentClients(clients: readonly Client[], gaps: readonly FleetGap[], asOfMs: number): SilentClient[] {
	const whole = clients.flatMap((client): SilentClient[] =>
		client.status === "silent" && client.rhythm
			? [{ client, signal: "all", lastMs: client.lastMs, rhythm: client.rhythm, cause: causeOf(client, clients, gaps) }]
			: [],
	);
	const parts = clients.flatMap((client): SilentClient[] => {
		if (client.status !== "reporting") return [];
		return Object.entries(client.signals).flatMap(([name, { lastMs, rhythm }]): SilentClient[] => {
			const signal = name as SignalName;
			// Silent by its own cadence, while the client's other signals continued for as long: a person who is absent sends
			// none of them.
			const stopped = rhythm && asOfMs >= rhythm.silentAtMs && client.lastMs - lastMs >= rhythm.intervalMs;
			return stopped ? [{ client, signal, lastMs, rhythm, cause: signal }] : [];
		});
	});
	const latestFirst = (a: SilentClient, b: SilentClient) => b.lastMs - a.lastMs;
	return [...whole.sort(latestFirst), ...parts.sort(latestFirst)];
}

function causeOf(client: Client, clients: readonly Client[], gaps: readonly FleetGap[]): SilenceReason {
	const { person, installation, lastMs } = client;
	if (gaps.some((gap) => gap.ongoing && !gap.usual && Math.abs(gap.fromMs - lastMs) <= 3_600_000)) return "fleet";
	const others = clients.filter((other) => other.person === person && other.installation !== installation);
	if (person !== "" && others.some((other) => other.lastMs > lastMs && other.status !== "silent")) return "moved";
	const isNew = client.versions.length > 1 && lastMs - client.versionSinceMs < (client.rhythm?.intervalMs ?? 0);
	return isNew ? "update" : "unknown";
}
