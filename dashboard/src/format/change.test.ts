import { expect, it } from "vitest";
import { change, type Direction, signed } from "./change.ts";
import type { Unit } from "./value.ts";

const plain = (text: string | undefined) => text?.replaceAll("\u202f", " ");

function f(unit: Unit, now: number | null, before: number | null, more: Direction, text: string | undefined, tone?: string) {
	it(`${before} → ${now} ${unit}: ${text}`, () => {
		const found = change(unit, now, before, more, "en-US");
		expect(plain(found?.text)).toBe(text);
		expect(found?.tone).toBe(tone);
	});
}

f("USD", 582, 536, "neutral", "+8.6 %", "neutral");
f("USD", 400, 536, "neutral", "−25 %", "neutral");
f("USD", 5360, 536, "neutral", "×10", "neutral");
f("", 10, 7, "neutral", "+3", "neutral");
f("", 90, 82, "bad", "+8", "critical");
f("", 82, 90, "bad", "−8", "positive");
f("", 1000, 1000, "bad", "same", "neutral");
f("tokens", 1_000_001, 1_000_000, "good", "same", "neutral");
f("1", 0.051, 0.048, "bad", "+0.3 pts", "critical");
f("1", 0.0480001, 0.048, "bad", "same", "neutral");
f("USD", 3, 0, "neutral", "none before", "neutral");
f("USD", null, 3, "neutral", undefined);

it("differences carry their sign", () => {
	expect(signed("USD", 61.2, "en-US")).toBe("+$61.20");
	expect(signed("", -18, "en-US")).toBe("−18");
	expect(signed("", 0, "en-US")).toBe("0");
});
