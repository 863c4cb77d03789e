import { describe, expect, test } from "vitest";
import { generation, providerOf, sharedName } from "./model-name.ts";
import type { Speed } from "./price.ts";
import { priceBook } from "./price-book.ts";
import { parsePriceFile } from "./price-file.ts";

const at = (iso: string) => Date.parse(iso);

/** `input/output/cacheRead/cacheWrite5m/cacheWrite1h` in force at a time, `unpriced` when there is none. */
function costs(file: string, provider: string, model: string, time = "2026-11-01", speed: Speed = "normal"): string {
	const periods = priceBook(parsePriceFile(file, "prices.yaml"))({ provider, model, speed });
	const found = periods.filter(({ fromMs, toMs }) => fromMs <= at(time) && at(time) < toMs);
	expect(found.length).toBeLessThan(2);
	const price = found[0]?.price;
	if (!price) return "unpriced";
	const all = ({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }: typeof price.rates) =>
		[input, output, cacheRead, cacheWrite5m, cacheWrite1h].join("/");
	return all(price.rates) + (price.above ? ` above ${price.above.inputTokens}: ${all(price.above.rates)}` : "");
}

describe("who served, and what model that is", () => {
	const f = (sent: string, model: string, provider: string | undefined, name: string, what: string) =>
		test(`${sent} ${model}`, () =>
			expect([providerOf(sent, model), sharedName(model), generation(model)]).toEqual([provider, name, what]));
	f("", "claude-sonnet-4-20250514", "anthropic", "claude-sonnet-4", "sonnet 4");
	f("firstParty", "claude-sonnet-4-6[1m]", "anthropic", "claude-sonnet-4-6", "sonnet 4.6");
	f("firstParty", "Claude-3-5-Haiku-latest", "anthropic", "claude-3-5-haiku", "haiku 3.5");
	f("", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock", "claude-sonnet-4-5", "sonnet 4.5");
	f("bedrock", "anthropic.claude-opus-5-5", "bedrock", "claude-opus-5-5", "opus 5.5");
	f("bedrock", "claude-opus-4-0", "bedrock", "claude-opus-4-0", "opus 4");
	f(
		"",
		"arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.anthropic.claude-opus-4-6-v1:0",
		"bedrock",
		"claude-opus-4-6",
		"opus 4.6",
	);
	f("", "arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:application-inference-profile/a1b2c3", "bedrock", "a1b2c3", "");
	f("firstParty", "bedrock/global.anthropic.claude-opus-4-5-20251101-v1:0", "bedrock", "claude-opus-4-5", "opus 4.5");
	f("", "claude-opus-4-5@20251101", "vertex", "claude-opus-4-5", "opus 4.5");
	f("vertex", "claude-sonnet-4@20250514", "vertex", "claude-sonnet-4", "sonnet 4");
	f("foundry", "claude-opus-5-5", "foundry", "claude-opus-5-5", "opus 5.5");
	f("somebodyElse", "claude-opus-5-5", undefined, "claude-opus-5-5", "opus 5.5");
	f("", "gpt-5", "anthropic", "gpt-5", "");
});

describe("list prices", () => {
	const f = (provider: string, model: string, expected: string, time?: string, speed?: Speed) =>
		test(`${provider} ${model} ${time ?? ""} ${speed ?? ""}`, () =>
			expect(costs("", provider, model, time, speed)).toBe(expected));
	f("", "claude-3-5-haiku-20241022", "0.8/4/0.08/1/1.6");
	f("firstParty", "claude-opus-5-5", "4/20/0.2/5/8");
	f("firstParty", "claude-opus-5-5-20260901[1m]", "4/20/0.2/5/8");
	f("firstParty", "claude-opus-4-6", "5/25/0.5/6.25/10 above 200000: 10/37.5/1/12.5/20", "2026-03-12T23:59:59Z");
	f("firstParty", "claude-opus-4-6", "5/25/0.5/6.25/10", "2026-03-13");
	// A cloud's own list: regional endpoints of Bedrock cost a tenth more. An hour in the cache costs twice the input.
	f("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "3.3/16.5/0.33/4.125/6.6");
	f("bedrock", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", "3/15/0.3/3.75/6");
	f("bedrock", "us.anthropic.claude-opus-5-5-20260901-v1:0", "4.4/22/0.22/5.5/8.8");
	f("bedrock", "apac.anthropic.claude-opus-5-5-v1:0", "4.4/22/0.22/5.5/8.8");
	f("bedrock", "apac.anthropic.claude-opus-5-5-20260901-v1:0", "4.4/22/0.22/5.5/8.8");
	f("bedrock", "global.anthropic.claude-opus-5-5-20260901-v1:0", "4/20/0.2/5/8");
	f("bedrock", "apac.anthropic.claude-haiku-4-5-20251001-v1:0", "1.1/5.5/0.11/1.375/2.2");
	f("bedrock", "ca.anthropic.claude-haiku-4-5-20251001-v1:0", "1.1/5.5/0.11/1.375/2.2");
	f("bedrock", "claude-opus-5-5", "4.4/22/0.22/5.5/8.8");
	f("", "arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.anthropic.claude-opus-4-6-v1:0", "5/25/0.5/6.25/10");
	f("vertex", "claude-opus-4-5@20251101", "5/25/0.5/6.25/10");
	f("vertex", "claude-sonnet-4-5@20250929", "3/15/0.3/3.75/6 above 200000: 6/22.5/0.6/7.5/12");
	f("vertex", "claude-opus-4-1@20250805", "15/75/1.5/18.75/30");
	f("foundry", "claude-haiku-4-5", "1/5/0.1/1.25/2");
	f("firstParty", "claude-opus-4-6", "30/150/3/37.5/60", undefined, "fast");
	f("firstParty", "claude-opus-5", "10/50/1/12.5/20", undefined, "fast");
	// An unknown model has no price: neither that of a relative, nor the normal one of another speed.
	f("firstParty", "claude-opus-5-5", "unpriced", undefined, "fast");
	f("bedrock", "us.anthropic.claude-opus-4-6-v1:0", "unpriced", undefined, "fast");
	f("firstParty", "claude-sonnet-5-5", "unpriced");
	f("bedrock", "us.anthropic.claude-sonnet-5-5-v1:0", "unpriced");
	f("vertex", "claude-opus-4-9@20261001", "unpriced");
	f("firstParty", "qwen3-coder", "unpriced");
	f("firstParty", "gpt-5", "unpriced");
	f("firstParty", "", "unpriced");
	f("somebodyElse", "claude-opus-5-5", "unpriced");
	f("bedrock", "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3", "unpriced");
});

describe("a price file over the list", () => {
	const f = (what: string, file: string, cases: readonly (readonly [string, string, string, (string | undefined)?, Speed?])[]) =>
		test(what, () => {
			for (const [provider, model, expected, time, speed] of cases) {
				expect([provider, model, time, speed, costs(file, provider, model, time, speed)]).toEqual([
					provider,
					model,
					time,
					speed,
					expected,
				]);
			}
		});
	const profile = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3";

	f(
		"negotiated prices of some months, and what is left out keeps its ratio",
		"- {model: claude-opus-5-5, from: 2026-07-01, to: 2026-10-01, input: 3, output: 16}",
		[
			["firstParty", "claude-opus-5-5", "4/20/0.2/5/8", "2026-06-30T23:59:59Z"],
			["firstParty", "claude-opus-5-5", "3/16/0.15/3.75/6", "2026-07-01"],
			["firstParty", "claude-opus-5-5[1m]", "3/16/0.15/3.75/6", "2026-09-30T23:59:59Z"],
			["bedrock", "us.anthropic.claude-opus-5-5-v1:0", "3/16/0.15/3.75/6", "2026-08-01"],
			["firstParty", "claude-opus-5-5", "4/20/0.2/5/8", "2026-10-01"],
			["firstParty", "claude-opus-5", "5/25/0.5/6.25/10", "2026-08-01"],
			["firstParty", "claude-opus-5-5", "unpriced", "2026-08-01", "fast"],
		],
	);
	f(
		"a discount of one provider, by date; time zones count",
		"- {model: '*', provider: bedrock, discount_percent: 10, from: 2026-07-01T00:00:00+02:00}\n- {model: '*', provider: bedrock, discount_percent: 20, from: 2026-10-01}",
		[
			["bedrock", "global.anthropic.claude-opus-5-5", "4/20/0.2/5/8", "2026-06-30T21:59:59Z"],
			["bedrock", "global.anthropic.claude-opus-5-5", "3.6/18/0.18/4.5/7.2", "2026-06-30T22:00:00Z"],
			["bedrock", "global.anthropic.claude-opus-5-5", "3.2/16/0.16/4/6.4", "2026-10-01"],
			["firstParty", "claude-opus-5-5", "4/20/0.2/5/8", "2026-10-01"],
			["bedrock", profile, "unpriced", "2026-10-01"],
		],
	);
	f("a discount keeps the list's dates and tiers, for fast mode too", "- {model: claude-opus-4-*, discount_percent: 50}", [
		["firstParty", "claude-opus-4-6", "2.5/12.5/0.25/3.125/5 above 200000: 5/18.75/0.5/6.25/10", "2026-01-01"],
		["firstParty", "claude-opus-4-6", "2.5/12.5/0.25/3.125/5"],
		["firstParty", "claude-opus-4-6", "15/75/1.5/18.75/30", undefined, "fast"],
	]);
	f(
		"the last entry in force counts",
		"- {model: claude-*, discount_percent: 10}\n- {model: claude-opus-5-5, from: 2026-10-01, input: 1, output: 2, cache_read: 0, cache_write_5m: 3, cache_write_1h: 4}",
		[
			["firstParty", "claude-opus-5-5", "3.6/18/0.18/4.5/7.2", "2026-09-30"],
			["firstParty", "claude-opus-5-5", "1/2/0/3/4", "2026-10-01"],
			["firstParty", "claude-haiku-4-5", "0.9/4.5/0.09/1.125/1.8", "2026-10-01"],
		],
	);
	f(
		"fast mode, tiers, and models that the list does not have",
		`
- {model: claude-opus-5-5, speed: fast, input: 8, output: 40}
- model: qwen3-coder
  input: 1
  output: 2
  above: {tokens: 128000, input: 2, output: 4, cache_read: 0.5}
`,
		[
			["firstParty", "claude-opus-5-5", "8/40/0.4/10/16", undefined, "fast"],
			["firstParty", "claude-opus-5-5", "4/20/0.2/5/8"],
			["firstParty", "qwen3-coder", "1/2/0.1/1.25/2 above 128000: 2/4/0.5/2.5/4"],
			["somebodyElse", "qwen3-coder", "1/2/0.1/1.25/2 above 128000: 2/4/0.5/2.5/4"],
		],
	);
	f(
		"an inference profile is priced as the model behind it",
		`
- {model: "${profile}", as: global.anthropic.claude-opus-5-5, discount_percent: 25}
- {model: our-route, as: claude-opus-4-5}
`,
		[
			["bedrock", profile, "3/15/0.15/3.75/6"],
			["bedrock", profile.replace("a1b2c3", "d4e5f6"), "unpriced"],
			["gateway", "our-route", "5/25/0.5/6.25/10"],
			["bedrock", "our-route", "5.5/27.5/0.55/6.875/11"],
		],
	);
	f("what is special in expressions is nothing special in a pattern", "- {model: 'a.(b)*', input: 1, output: 1}", [
		["", "a.(b)c", "1/1/0.1/1.25/2"],
		["", "ax(b)c", "unpriced"],
	]);
});
