import type { Managed } from "./managed-settings.ts";
import { isOff, type Variable } from "./scope.ts";

type Rule = {
	/** The managed variable. */
	readonly by: string;
	/** The values with which it locks. */
	readonly when: (value: string) => boolean;
	/** The variables that developers lose. */
	readonly locks: readonly string[];
};

const signals = ["METRICS", "LOGS", "TRACES"] as const;
type Signal = (typeof signals)[number];
const credentials = ["HEADERS", "CLIENT_KEY", "CLIENT_CERTIFICATE"] as const;

const otlp = (stem: string, signal?: Signal): string => `OTEL_EXPORTER_OTLP_${signal ? `${signal}_` : ""}${stem}`;
const perSignal = (stem: string): string[] => signals.map((signal) => otlp(stem, signal));
const endpoints = [otlp("ENDPOINT"), ...perSignal("ENDPOINT")];
/** Takes logs and traces away from the configured receivers. */
const betaEndpoint = "BETA_TRACING_ENDPOINT";

const isSet = (value: string): boolean => value !== "";
const sendsNowhere = (value: string): boolean => value.split(",").every((item) => ["", "none", "console"].includes(item.trim()));

/**
 * Settings that managed settings take from all lower sources, so that telemetry and its credentials arrive where administrators
 * want them. Source: https://code.claude.com/docs/en/monitoring-usage#how-managed-settings-lock-the-otlp-destination
 */
const rules: readonly Rule[] = [
	{ by: otlp("ENDPOINT"), when: isSet, locks: perSignal("ENDPOINT") },
	{ by: otlp("PROTOCOL"), when: isSet, locks: perSignal("PROTOCOL") },
	...credentials.map((stem) => ({ by: otlp(stem), when: isSet, locks: [...perSignal(stem), ...endpoints] })),
	...signals.flatMap((signal) =>
		credentials.map((stem) => ({ by: otlp(stem, signal), when: isSet, locks: [otlp("ENDPOINT", signal)] })),
	),
	...([undefined, "LOGS", "TRACES"] as const).flatMap((signal) =>
		["ENDPOINT", ...credentials].map((stem) => ({ by: otlp(stem, signal), when: isSet, locks: [betaEndpoint] })),
	),
	...["OTEL_LOGS_EXPORTER", "OTEL_TRACES_EXPORTER"].map((by) => ({ by, when: sendsNowhere, locks: [betaEndpoint] })),
	{ by: "CLAUDE_CODE_ENABLE_TELEMETRY", when: (value) => !isSet(value) || isOff(value), locks: [betaEndpoint] },
];

/** The developers' variables without those that managed settings lock. */
export function withoutLocked(
	developers: ReadonlyMap<string, Variable>,
	managed: Managed,
	notes: string[],
): ReadonlyMap<string, Variable> {
	const locks = locksOf(managed);
	if (locks.size === 0) return developers;
	return new Map(
		[...developers].filter(([name, { value, source }]) => {
			const lock = locks.get(name);
			if (lock && value !== "" && !managed.variables.has(name)) {
				notes.push(`cannot use ${name} of ${source}: ${lock} and locks where telemetry goes. Ask your administrators`);
			}
			return lock === undefined;
		}),
	);
}

/** For each locked variable, why. */
function locksOf({ variables, headersHelper }: Managed): ReadonlyMap<string, string> {
	const locks = new Map<string, string>();
	if (headersHelper?.command) locks.set(betaEndpoint, `${headersHelper.source} sets otelHeadersHelper`);
	for (const rule of rules) {
		const variable = variables.get(rule.by);
		if (!variable || !rule.when(variable.value)) continue;
		for (const name of rule.locks) if (!locks.has(name)) locks.set(name, `${variable.source} sets ${rule.by}`);
	}
	return locks;
}
