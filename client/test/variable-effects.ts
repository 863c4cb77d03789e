import { expect, test } from "vitest";
import type { Collector } from "./collector.ts";
import { type Emitted, type Env, emitted } from "./emit-everything.ts";

/** An expectation about the received records. */
export type Check = (emitted: Emitted) => void;

/** One line for each variable and value: `f("OTEL_LOGS_EXPORTER", "none", sends("metrics", "traces"))`, with what else is set. */
export const effectsOn =
	(collector: () => Collector) =>
	(name: string, value: string, check: Check, more: Env = {}): void =>
		test(`${name}=${value} ${JSON.stringify(more)}`, async () => check(await emitted(collector(), { ...more, [name]: value })));

/** These signals and no others, without any note. */
export const sends =
	(...expected: string[]): Check =>
	(all) =>
		expect([signalsOf(all), all.notes]).toEqual([expected, []]);

export const signalsOf = ({ received }: Emitted): string[] => [...new Set(received.map(({ signal }) => signal))].sort();

/** That note, once, and whatever else. */
export const notes =
	(note: string, check: Check = () => undefined): Check =>
	(all) => {
		expect(all.notes).toEqual([note]);
		check(all);
	};

/** The first record of that name has these attributes. */
export const has =
	(name: string, attributes: object): Check =>
	(all) =>
		expect(all.attributes(name)).toMatchObject(attributes);

/** It has none of those keys. */
export const lacks =
	(name: string, ...keys: string[]): Check =>
	(all) => {
		const attributes = all.attributes(name);
		expect(attributes).toBeDefined();
		expect(Object.keys(attributes ?? {}).filter((key) => keys.includes(key))).toEqual([]);
	};

/** There is no record of that name. */
export const without =
	(name: string): Check =>
	(all) =>
		expect(all.attributes(name)).toBeUndefined();
