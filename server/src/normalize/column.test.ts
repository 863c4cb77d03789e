import fc from "fast-check";
import { expect, test } from "vitest";
import { Column } from "./column.ts";

const hourNs = 3_600_000_000_000n;

test("nanoseconds as milliseconds, to the last moment of an hour and the first of the next", () => {
	const instants = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
	const hours = fc.bigInt({ min: 1n, max: 2_000_000n }).map((hour) => hour * hourNs);
	fc.assert(
		fc.property(
			fc.oneof(
				instants,
				hours,
				hours.map((ns) => ns - 1n),
			),
			(ns) => {
				const column = new Column("time", "DateTime64(9, 'UTC')");
				column.word(0, Number(ns & 0xffffffffn), Number(ns >> 32n));
				expect(column.millisecondsAt(0)).toBe(Number(ns / 1_000_000n));
			},
		),
		{ numRuns: 2000 },
	);
});
