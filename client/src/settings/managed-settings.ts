import type { SettingsPaths } from "./locations.ts";
import { readManagedSources } from "./managed-sources.ts";
import { type HeadersHelper, headersHelperOf, type Scope, type Variable, variablesOf } from "./scope.ts";
import type { SettingsSources } from "./settings-sources.ts";

/** Settings of administrators. No other source can change them. */
export type Managed = {
	readonly variables: ReadonlyMap<string, Variable>;
	readonly headersHelper: HeadersHelper | undefined;
};

/** The destination of telemetry with its credentials and content switches: never taken from two sources. */
const telemetryUnit =
	/^(OTEL_EXPORTER_OTLP_.+|OTEL_LOG_.+|OTEL_LOGS_EXPORTER|ENABLE_BETA_TRACING_DETAILED|BETA_TRACING_ENDPOINT)$/;

export const readManaged = (surroundings: SettingsSources, locations: SettingsPaths, notes: string[]): Managed =>
	combine(readManagedSources(surroundings, locations, notes), notes);

/**
 * Sources, highest first, as one. A headers helper is the first one's alone. Each variable is the highest source's that sets
 * it, but those of the telemetry unit are all of the highest source that sets any. So it is with `managedSourcesBehavior`
 * "merge", too: that only changes other keys.
 * Source: https://code.claude.com/docs/en/server-managed-settings#per-key-exceptions-across-managed-sources
 */
function combine(sources: readonly Scope[], notes: string[]): Managed {
	const [winner] = sources;
	const owner = sources.find((source) => hasHelper(source) || unitOf(source).length > 0);
	// An address of one source must not meet the credentials of another: a helper that does not count silences its source.
	const unitSource = owner && owner !== winner && hasHelper(owner) ? undefined : owner;
	const variables = new Map<string, Variable>();
	for (const source of sources.toReversed()) {
		for (const [name, value] of variablesOf(source)) {
			if (source === unitSource || !telemetryUnit.test(name)) variables.set(name, { value, source: source.name });
		}
	}
	for (const source of sources) {
		const lost = unitOf(source).filter((name) => source !== unitSource && !variables.has(name));
		if (lost.length > 0) {
			const why = source === owner ? `it has a headers helper, and ${winner!.name} comes first` : `${owner!.name} claims them`;
			notes.push(`cannot use ${lost.join(", ")} of ${source.name}: ${why}. Put all telemetry settings into one source`);
		}
		if (source !== winner && hasHelper(source) && !hasHelper(winner!)) {
			notes.push(`cannot use "otelHeadersHelper" of ${source.name}: ${winner!.name} comes first. Put it there`);
		}
	}
	return { variables, headersHelper: winner && headersHelperOf(winner) };
}

const hasHelper = ({ settings }: Scope): boolean => Boolean(settings.otelHeadersHelper);

const unitOf = (source: Scope): string[] =>
	variablesOf(source)
		.map(([name]) => name)
		.filter((name) => telemetryUnit.test(name));
