import { createTelemetry, type Status, type Telemetry } from "@purser/client";
import { versionOf } from "./incidents.ts";
import { organizationId, type Person } from "./organization.ts";
import type { Emission, Session } from "./session.ts";

export type Destination = { readonly endpoint: string; readonly key?: string };

/** On every record: no one takes it for something that happened. */
const mark = "purser.demo=true";

/** One person's agent: the real client, with the clock of its emissions. Its records are on their way when `flush` is done. */
export class Emitter {
	readonly #telemetry: Telemetry;
	readonly version: string;
	#clockMs = 0;

	constructor(person: Person, daysAgo: number, { endpoint, key }: Destination, place: number) {
		const { team, email, userId, accountUuid, terminal, entrypoint, role } = person;
		const repository = team.repositories[place % team.repositories.length]!;
		this.version = versionOf(person, daysAgo);
		const labels = [`team.id=${team.id}`, `department=${team.department}`, `cost_center=${team.costCenter}`, mark];
		this.#telemetry = createTelemetry({
			settings: false,
			env: {
				CLAUDE_CODE_ENABLE_TELEMETRY: "1",
				OTEL_METRICS_EXPORTER: "otlp",
				OTEL_LOGS_EXPORTER: role === "counters-only" ? "none" : "otlp",
				OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
				OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
				...(key && { OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer%20${encodeURIComponent(key)}` }),
				OTEL_RESOURCE_ATTRIBUTES: labels.join(","),
				OTEL_METRICS_INCLUDE_REPOSITORY: "true",
				OTEL_METRICS_INCLUDE_ENTRYPOINT: "true",
				// Only on demand: an hour of history takes no time.
				OTEL_METRIC_EXPORT_INTERVAL: "2147483647",
				OTEL_LOGS_EXPORT_INTERVAL: "2147483647",
				CLAUDE_CODE_OTEL_FLUSH_TIMEOUT_MS: "60000",
				CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS: "60000",
			},
			service: { version: this.version },
			identity: { userId, email, accountUuid, organizationId },
			workplace: { terminal, entrypoint, provider: "firstParty", repository: `https://git.example.com/northwind/${repository}` },
			maxQueueSize: 100_000,
			now: () => this.#clockMs,
		});
	}

	emit({ atMs, emit }: Emission): void {
		this.#clockMs = atMs;
		emit(this.#telemetry);
	}

	/** A session as a whole; resolves when it has arrived. */
	async emitAll({ emissions }: Session): Promise<void> {
		for (const act of emissions) this.emit(act);
		await this.flush();
	}

	flush(): Promise<void> {
		return this.#telemetry.flush();
	}

	status(): Status {
		return this.#telemetry.status();
	}

	close(): Promise<void> {
		return this.#telemetry.shutdown();
	}
}
