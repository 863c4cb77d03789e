import type { MeterProvider } from "@opentelemetry/api";
import { type MetricDefinition, metric, scopes } from "@purser/contract";
import type { Content } from "../configuration/content.ts";
import { api } from "../sdk.ts";
import { definitionsOf } from "./definitions.ts";
import type { Counters } from "./derived.ts";
import { encoderOf, type Given, type WireAttributes } from "./encode-attributes.ts";
import type { Guard } from "./guard.ts";

const meterScope = scopes.find(({ signal }) => signal === "metrics")!.name;

export type MetricContext = {
	readonly content: Content;
	readonly standard: () => WireAttributes;
	/** Prometheus has units in names if at all, so where it is the only reader there are none. */
	readonly hasUnits: boolean;
};

/** The counters. A value that is no number, or below zero, is refused: a sum can only grow. */
export function countersOf(
	provider: MeterProvider,
	version: string,
	{ content, standard, hasUnits }: MetricContext,
	guard: Guard,
): Counters {
	const meter = provider.getMeter(meterScope, version);
	const counters = definitionsOf<MetricDefinition>(metric).map(([method, { name, unit, brief, attributes }]) => {
		const counter = meter.createCounter(name, {
			unit: hasUnits ? unit : "",
			description: brief,
			valueType: api().ValueType.DOUBLE,
		});
		const encode = encoderOf(attributes, content);
		const add = (value: number, given?: Given): void => {
			if (!Number.isFinite(value) || value < 0) throw new RangeError(`${name} cannot grow by ${String(value)}`);
			const all = standard();
			encode(given, all);
			counter.add(value, all);
		};
		return [method, Object.freeze({ add: guard(add, undefined) })];
	});
	return Object.fromEntries(counters) as Counters;
}
