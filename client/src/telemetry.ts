import { randomUUID } from "node:crypto";
import { homedir } from "node:os";
import type { Context } from "@opentelemetry/api";
import { event, metric, span } from "@purser/contract";
import { type Configuration, configurationOf, isEnabled } from "./configuration/configuration.ts";
import type { Circumstances, Counters, Events, SpanHandle, Spans } from "./emit/derived.ts";
import { eventsOf } from "./emit/events.ts";
import { type Identity, installationId, standardAttributes, type Workplace } from "./emit/identity.ts";
import { countersOf, definitionsOf, type Guard } from "./emit/metrics.ts";
import { resourceAttributes } from "./emit/resource.ts";
import { noSpan, spanOf, spansOf } from "./emit/spans.ts";
import { HeadersHelper } from "./export/headers-helper.ts";
import type { Account } from "./export/ledger.ts";
import { openPipelines, type Pipelines } from "./export/pipelines.ts";
import { PointClock } from "./export/point-clock.ts";
import { messageOf } from "./messages.ts";
import { api } from "./sdk.ts";
import { type Settled, type Surroundings, settle, systemReaders } from "./settings/index.ts";

export type TelemetryOptions = {
	/** The resource's `service.name`, by default `claude-code`, and the agent's version. */
	readonly service?: { readonly name?: string; readonly version?: string };
	/** The session's id; by default a new one. */
	readonly session?: string;
	readonly identity?: Identity;
	readonly workplace?: Omit<Workplace, "version">;
	/** Whether somebody sits before it: then TRACEPARENT of the environment is not read. */
	readonly isInteractive?: boolean;
	/** By default the process's. */
	readonly env?: Readonly<Record<string, string | undefined>>;
	/** Where settings are; `false`: only the environment counts. By default those of the machine, the user and the project. */
	readonly settings?: false | Partial<Omit<Surroundings, "env">>;
	/** Records of one signal that may wait for their export before further ones are dropped. */
	readonly maxWaiting?: number;
	/** Another clock than the machine's, in ms since 1970. */
	readonly now?: () => number;
};

/** What became of what was emitted. */
export type Status = {
	readonly isEnabled: boolean;
	readonly metrics?: Account;
	readonly logs?: Account;
	readonly traces?: Account;
	/** Why the program that gives headers failed last. */
	readonly headersHelper?: string;
	/** Calls that could not be carried out, as with a value that is no number; and why the last one. */
	readonly refused: number;
	readonly lastRefusal?: string;
	/** What was found in variables and settings that cannot be used, and what is done instead. */
	readonly notes: readonly string[];
};

export type Telemetry = Counters &
	Events &
	Spans & {
		readonly isEnabled: boolean;
		/** What goes on from now on belongs to this prompt. Returns its id, by default a new one. */
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
		/** The same at the end, for as long as CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS at most. Never rejects. */
		readonly shutdown: () => Promise<void>;
	};

/**
 * Claude Code's telemetry for any agent: a counter for each metric, a method for each event and each kind of span, as the contract
 * defines them, sent as variables and settings say. It never throws, never waits and, unless it is enabled, never does anything.
 */
export function createTelemetry(options: TelemetryOptions = {}): Telemetry {
	try {
		const settled = settledOf(options);
		return isEnabled(settled.env) ? enabled(options, settled) : disabled(settled.notes);
	} catch (error) {
		return disabled([`cannot report: ${messageOf(error)}`]);
	}
}

function settledOf({ env = process.env, settings }: TelemetryOptions): Settled {
	if (settings === false) {
		return { env: Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => !!entry[1])), notes: [] };
	}
	const here = { platform: process.platform, homeDir: homedir(), cwd: process.cwd(), readers: systemReaders };
	return settle({ ...here, ...settings, env });
}

const nothing = () => undefined;
const counter = Object.freeze({ add: nothing });

function disabled(notes: readonly string[]): Telemetry {
	const methods = (shelf: object, method: unknown) =>
		Object.fromEntries(definitionsOf(shelf as Record<string, unknown>).map(([name]) => [name, method]));
	return Object.freeze({
		...methods(metric, counter),
		...methods(event, nothing),
		...methods(span, () => noSpan),
		isEnabled: false,
		startPrompt: (id = randomUUID()) => id,
		startSession: (id = randomUUID()) => id,
		environmentFor: (env: Readonly<Record<string, string | undefined>>) => ({ ...env }),
		status: () => ({ isEnabled: false, refused: 0, notes }),
		flush: async () => undefined,
		shutdown: async () => undefined,
	}) as unknown as Telemetry;
}

function enabled(options: TelemetryOptions, settled: Settled): Telemetry {
	const { now, maxWaiting = 2048, identity = {}, workplace = {} } = options;
	const notes: string[] = [...settled.notes];
	const configuration = configurationOf(settled.env, (note) => notes.push(note));
	const say = (message: string) => {
		if (configuration.isVerbose) process.stderr.write(`[3P telemetry] ${message}\n`);
	};
	for (const note of notes) say(note);
	const version = options.service?.version ?? "0.0.0";
	const helper =
		settled.headersHelper &&
		new HeadersHelper(settled.headersHelper.command, configuration.headersHelperIntervalMs, options.env ?? process.env);
	const pointClock = now && new PointClock(now);
	const resource = resourceAttributes(configuration, { name: options.service?.name ?? "claude-code", version });
	const pipelines = openPipelines({ configuration, resource, helper, maxWaiting, pointClock, say });

	let session = options.session ?? randomUUID();
	let prompt: string | undefined;
	let refused = 0;
	let lastRefusal: string | undefined;
	const guard: Guard =
		(act) =>
		(...given) => {
			try {
				act(...given);
			} catch (error) {
				refused += 1;
				lastRefusal = messageOf(error);
				say(lastRefusal);
			}
		};
	const userId = identity.userId ?? installationId(homedir(), settled.env);
	const standardOf = standardAttributes(configuration, { ...identity, userId }, { ...workplace, version }, settled.env);
	const standard = () => standardOf(session);
	const caller = callerOf(settled.env, options.isInteractive === true);
	const bounded = (act: () => Promise<void>, timeoutMs: number) => withinTime(act, timeoutMs, say);
	const shared = { content: configuration.content, standard, nowMs: now ?? Date.now };
	let ending: Promise<void> | undefined;

	return Object.freeze({
		...metricsOf(pipelines, version, configuration, standard, guard, pointClock),
		...logsOf(pipelines, version, { ...shared, maxWaiting, promptId: () => prompt, caller }, guard),
		...tracesOf(pipelines, { ...shared, session: () => session, caller }, guard),
		isEnabled: true,
		startPrompt: (id: string = randomUUID()) => {
			prompt = id;
			return id;
		},
		startSession: (id: string = randomUUID()) => {
			session = id;
			return id;
		},
		environmentFor: environmentFor(pipelines),
		status: () => ({
			isEnabled: true,
			...(pipelines.metrics && { metrics: pipelines.metrics.ledger.account }),
			...(pipelines.logs && { logs: pipelines.logs.ledger.account }),
			...(pipelines.traces && { traces: pipelines.traces.ledger.account }),
			...(helper?.lastError !== undefined && { headersHelper: helper.lastError }),
			refused,
			...(lastRefusal !== undefined && { lastRefusal }),
			notes,
		}),
		flush: () => bounded(pipelines.flush, configuration.flushTimeoutMs),
		shutdown: () => {
			ending ??= bounded(pipelines.shutdown, configuration.shutdownTimeoutMs);
			return ending;
		},
	}) as unknown as Telemetry;
}

function metricsOf(
	{ metrics }: Pipelines,
	version: string,
	{ content }: Configuration,
	standard: Parameters<typeof countersOf>[3],
	guard: Guard,
	clock: PointClock | undefined,
): Counters {
	if (!metrics) return Object.fromEntries(definitionsOf(metric).map(([name]) => [name, counter])) as unknown as Counters;
	const counting: typeof standard = () => {
		clock?.touch();
		return standard();
	};
	return countersOf(metrics.provider, version, content, counting, guard);
}

function logsOf(
	{ logs }: Pipelines,
	version: string,
	{ caller, ...surroundings }: Omit<Parameters<typeof eventsOf>[2], "contextOf" | "ledger"> & { caller: Context },
	guard: Guard,
): Events {
	if (!logs) return Object.fromEntries(definitionsOf(event).map(([name]) => [name, nothing])) as unknown as Events;
	const contextOf = ({ span: within }: Circumstances): Context => {
		const known = spanOf(within);
		return known ? api().trace.setSpan(caller, known) : caller;
	};
	return eventsOf(logs.provider, version, { ...surroundings, contextOf, ledger: logs.ledger }, guard);
}

function tracesOf({ traces }: Pipelines, surroundings: Omit<Parameters<typeof spansOf>[1], "ledger">, guard: Guard): Spans {
	if (!traces) return Object.fromEntries(definitionsOf(span).map(([name]) => [name, () => noSpan])) as unknown as Spans;
	return spansOf(traces.provider, { ...surroundings, ledger: traces.ledger }, guard);
}

const environmentFor =
	({ traces }: Pipelines) =>
	(env: Readonly<Record<string, string | undefined>>, within?: SpanHandle): Record<string, string | undefined> => {
		const others = Object.entries(env).filter(([name]) => !name.startsWith("OTEL_") && !/^TRACE(PARENT|STATE)$/.test(name));
		return { ...Object.fromEntries(others), ...(traces && within?.traceparent && { TRACEPARENT: within.traceparent }) };
	};

/** The caller's trace context (W3C), which stands in the environment; an agent that somebody sits before has no caller. */
function callerOf(env: Readonly<Record<string, string>>, isInteractive: boolean): Context {
	const { createTraceState, ROOT_CONTEXT, trace } = api();
	const parts = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(env["TRACEPARENT"]?.trim() ?? "");
	if (isInteractive || !parts) return ROOT_CONTEXT;
	const [, traceId, spanId, flags] = parts;
	const state = env["TRACESTATE"];
	return trace.setSpanContext(ROOT_CONTEXT, {
		traceId: traceId!,
		spanId: spanId!,
		traceFlags: Number.parseInt(flags!, 16),
		isRemote: true,
		...(state && { traceState: createTraceState(state) }),
	});
}

/** Waits for it, but no longer than that. */
async function withinTime(act: () => Promise<void>, timeoutMs: number, say: (message: string) => void): Promise<void> {
	const late = Promise.withResolvers<void>();
	const timer = setTimeout(() => {
		say(`gave up after ${timeoutMs} ms`);
		late.resolve();
	}, timeoutMs);
	await Promise.race([act().catch(() => undefined), late.promise]);
	clearTimeout(timer);
}
