import { expect, test } from "vitest";
import { differenceText, driftText, rounded } from "./drift.ts";

test.each([
	[null, "–"],
	[0, "0 %"],
	[-0.0184, "−0.02 %"],
	[0.0023, "+0.002 %"],
	[3.25, "+3.3 %"],
	[-100, "−100 %"],
])("a drift of %s reads %s", (percent, expected) => expect(driftText(percent, "en-US").replaceAll("\u202f", " ")).toBe(expected));

test.each([
	[0.1 + 0.2 - 0.3, "$0.00"],
	[-0.000012, "−$0.000012"],
	[0.0015, "+$0.0015"],
	[-12.5, "−$12.50"],
])("a difference of %s reads %s", (usd, expected) => expect(differenceText("USD", rounded(usd), "en-US")).toBe(expected));
