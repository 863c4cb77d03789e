import type { Counters, Events, SpanHandle, Spans } from "./emit/derived.ts";
import type { Identity, RuntimeEnvironment } from "./emit/identity.ts";
import type { DeliveryCounts } from "./export/delivery-stats.ts";
import type { SettingsSources } from "./settings/index.ts";

export type TelemetryOptions = {
	/** The resource's `service.name`, by default `claude-code`, and the agent's version. */
	readonly service?: { readonly name?: string; readonly version?: string };
	/** The session's id; by default a new one. */
	readonly session?: string;
	readonly identity?: Identity;
	readonly workplace?: Omit<RuntimeEnvironment, "version">;
	/** True if a person uses the agent interactively: then TRACEPARENT of the environment is not read. */
	readonly isInteractive?: boolean;
	/** Environment variables. Default: the process's. */
	readonly env?: Readonly<Record<string, string | undefined>>;
	/** Paths of settings; `false`: only the environment counts. Default: those of the machine, the user and the project. */
	readonly settings?: false | Partial<Omit<SettingsSources, "env">>;
	/** Records of one signal that may wait for their export before further ones are dropped; by default 2048. */
	readonly maxQueueSize?: number;
	/** Another clock than the machine's, in ms since 1970. */
	readonly now?: () => number;
};

/** The delivery status of emitted records. */
export type Status = {
	readonly isEnabled: boolean;
	readonly metrics?: DeliveryCounts;
	readonly logs?: DeliveryCounts;
	readonly traces?: DeliveryCounts;
	/** The last failure of the program that returns headers. */
	readonly headersHelper?: string;
	/** Calls that could not be carried out, as with a value that is no number; and why the last one. */
	readonly invalidCalls: number;
	readonly lastInvalidCall?: string;
	/** Variables and settings that cannot be used, and their replacements. */
	readonly notes: readonly string[];
};

export type Telemetry = Counters &
	Events &
	Spans & {
		readonly isEnabled: boolean;
		/** Starts a prompt to which everything that follows belongs. Returns its id, by default a new one. */
		readonly startPrompt: (id?: string) => string;
		/** A new session, as after `/clear`: by default with a new id, which it returns. */
		readonly startSession: (id?: string) => string;
		/** The environment for a program that is started: without OTEL_*, which is the agent's own, and with the trace it belongs to. */
		readonly environmentFor: (
			env: Readonly<Record<string, string | undefined>>,
			within?: SpanHandle,
		) => Record<string, string | undefined>;
		readonly status: () => Status;
		/** Sends what waits, for as long as CLAUDE_CODE_OTEL_FLUSH_TIMEOUT_MS at most. Never rejects. */
		readonly flush: () => Promise<void>;
		/** Flushes and closes, within CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS. Never rejects. */
		readonly shutdown: () => Promise<void>;
	};
