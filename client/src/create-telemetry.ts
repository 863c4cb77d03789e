import { randomUUID } from "node:crypto";
import { homedir } from "node:os";
import type { Context } from "@opentelemetry/api";
import { type Configuration, configurationOf, isEnabled } from "./configuration/configuration.ts";
import { disabled, noCounters, noEvents, noSpans } from "./disabled.ts";
import type { Counters, EmitOptions, Events, Spans } from "./emit/derived.ts";
import type { WireAttributes } from "./emit/encode-attributes.ts";
import { type EventContext, eventsOf } from "./emit/events.ts";
import type { Guard } from "./emit/guard.ts";
import { installationId, standardAttributes } from "./emit/identity.ts";
import { countersOf } from "./emit/metrics.ts";
import { resourceAttributes } from "./emit/resource.ts";
import { type SpanContext, spanOf, spansOf } from "./emit/spans.ts";
import { HeadersHelper } from "./export/headers-helper.ts";
import { openPipelines, type Pipelines } from "./export/pipelines.ts";
import { PointClock } from "./export/timestamp-override.ts";
import { messageOf } from "./messages.ts";
import { api } from "./sdk.ts";
import { type EffectiveSettings, resolveSettings, systemReaders } from "./settings/index.ts";
import type { Telemetry, TelemetryOptions } from "./telemetry.ts";
import { environmentFor, parentContext } from "./trace-context.ts";

/**
 * Claude Code's telemetry for any agent: a counter for each metric, a method for each event and each kind of span, as the contract
 * defines them, sent as variables and settings say. It never throws, never waits and, unless it is enabled, never does anything.
 */
export function createTelemetry(options: TelemetryOptions = {}): Telemetry {
	const notes = new Set<string>();
	try {
		const settled = settledOf(options);
		for (const note of settled.notes) notes.add(note);
		return isEnabled(settled.env, (note) => notes.add(note)) ? enabled(options, settled, notes) : disabled([...notes]);
	} catch (error) {
		return disabled([...notes, `cannot report: ${messageOf(error)}`]);
	}
}

function settledOf({ env = process.env, settings }: TelemetryOptions): EffectiveSettings {
	if (settings === false) {
		return { env: Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => !!entry[1])), notes: [] };
	}
	const here = { platform: process.platform, homeDir: homedir(), cwd: process.cwd(), readers: systemReaders };
	return resolveSettings({ ...here, ...settings, env });
}

/** Returns the given id, or a new one. */
const idOf = (given: unknown): string => (typeof given === "string" && given !== "" ? given : randomUUID());

const defaultMaxQueueSize = 2048;

function enabled(options: TelemetryOptions, settled: EffectiveSettings, notes: Set<string>): Telemetry {
	const { now, identity = {}, workplace = {}, service = {}, env = process.env } = options;
	let say = (_message: string): void => undefined;
	const note = (message: string): void => {
		if (!notes.has(message)) say(message);
		notes.add(message);
	};
	const configuration = configurationOf(settled.env, note);
	const caller = parentContext(settled.env, options.isInteractive === true, note);
	const maxQueueSize = maxQueueSizeOf(options, note);
	if (configuration.isVerbose) {
		say = (message) => void process.stderr.write(`[3P telemetry] ${message}\n`);
		for (const each of notes) say(each);
	}

	const version = service.version ?? "0.0.0";
	const { headersHelper } = settled;
	const helper = headersHelper && new HeadersHelper(headersHelper.command, configuration.headersHelperIntervalMs, env);
	const pointClock = now && new PointClock(now);
	const resource = resourceAttributes(configuration, { name: service.name ?? "claude-code", version });
	const pipelines = openPipelines({ configuration, resource, helper, maxQueueSize, pointClock, note, say });

	let session = idOf(options.session);
	let prompt: string | undefined;
	let ending: Promise<void> | undefined;
	let invalidCalls = 0;
	let lastInvalidCall: string | undefined;
	const guard: Guard =
		(act, otherwise) =>
		(...given) => {
			try {
				if (ending) throw new Error("telemetry was shut down before");
				return act(...given);
			} catch (error) {
				invalidCalls += 1;
				lastInvalidCall = messageOf(error);
				say(lastInvalidCall);
				return otherwise;
			}
		};
	const userId = identity.userId ?? installationId(homedir(), settled.env);
	const standardOf = standardAttributes(configuration, { ...identity, userId }, { ...workplace, version }, settled.env);
	const shared = {
		content: configuration.content,
		withheld: configuration.withheld,
		standard: () => standardOf(session),
		session: () => session,
		nowMs: now ?? Date.now,
	};
	return Object.freeze({
		...metricsOf(pipelines, version, configuration, shared.standard, guard, pointClock),
		...logsOf(pipelines, version, { ...shared, promptId: () => prompt }, caller, guard),
		...tracesOf(pipelines, { ...shared, caller }, guard),
		isEnabled: true,
		startPrompt: (id?: string) => {
			prompt = idOf(id);
			return prompt;
		},
		startSession: (id?: string) => {
			session = idOf(id);
			return session;
		},
		environmentFor,
		status: () => ({
			isEnabled: true,
			...(pipelines.metrics && { metrics: pipelines.metrics.stats.account }),
			...(pipelines.logs && { logs: pipelines.logs.stats.account }),
			...(pipelines.traces && { traces: pipelines.traces.stats.account }),
			...(helper?.lastError !== undefined && { headersHelper: helper.lastError }),
			invalidCalls,
			...(lastInvalidCall !== undefined && { lastInvalidCall }),
			notes: [...notes],
		}),
		flush: () => withinTime(pipelines.flush(), configuration.flushTimeoutMs, say),
		shutdown: () => {
			ending ??= withinTime(pipelines.shutdown(), configuration.shutdownTimeoutMs, say).then(pipelines.abandon);
			return ending;
		},
	});
}

function maxQueueSizeOf({ maxQueueSize = defaultMaxQueueSize }: TelemetryOptions, note: (message: string) => void): number {
	if (Number.isSafeInteger(maxQueueSize) && maxQueueSize >= 1) return maxQueueSize;
	note(`cannot use maxQueueSize: it is not a whole number from 1 on; ${defaultMaxQueueSize} is used`);
	return defaultMaxQueueSize;
}

function metricsOf(
	{ metrics }: Pipelines,
	version: string,
	{ content, metrics: { otlp, console } }: Configuration,
	standard: () => WireAttributes,
	guard: Guard,
	clock: PointClock | undefined,
): Counters {
	if (!metrics) return noCounters;
	const counting = () => {
		clock?.touch();
		return standard();
	};
	const hasUnits = Boolean(otlp || console);
	return countersOf(metrics.provider, version, { content, standard: counting, hasUnits }, guard);
}

function logsOf(
	{ logs }: Pipelines,
	version: string,
	surroundings: Omit<EventContext, "contextOf" | "stats">,
	caller: Context,
	guard: Guard,
): Events {
	if (!logs) return noEvents;
	const contextOf = ({ span: within }: EmitOptions): Context => {
		const known = spanOf(within);
		return known ? api().trace.setSpan(caller, known) : caller;
	};
	return eventsOf(logs.provider, version, { ...surroundings, contextOf, stats: logs.stats }, guard);
}

function tracesOf({ traces }: Pipelines, surroundings: Omit<SpanContext, "stats">, guard: Guard): Spans {
	return traces ? spansOf(traces.provider, { ...surroundings, stats: traces.stats }, guard) : noSpans;
}

/** Waits for it, but no longer than that. */
async function withinTime(act: Promise<void>, timeoutMs: number, say: (message: string) => void): Promise<void> {
	const late = Promise.withResolvers<void>();
	const timer = setTimeout(() => {
		say(`gave up after ${timeoutMs} ms`);
		late.resolve();
	}, timeoutMs);
	await Promise.race([act, late.promise]);
	clearTimeout(timer);
}
