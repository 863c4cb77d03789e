import { expect, test } from "vitest";
import { UsageError } from "../errors.ts";
import { parsePriceFile, readPriceFile } from "./price-file.ts";

/** The problems of a file, without the part that every file's problems share. */
function refusal(text: string): string[] {
	try {
		parsePriceFile(text, "prices.yaml");
	} catch (error) {
		expect(error).toBeInstanceOf(UsageError);
		const lines = (error as Error).message.split("\n");
		expect([lines[0], lines.at(-1)]).toEqual(["cannot read the prices:", "An entry is explained in docs/prices.md."]);
		return lines.slice(1, -1).map((line) => line.trim());
	}
	return [];
}
const f = (text: string, ...expected: string[]) => test(text || "nothing", () => expect(refusal(text)).toEqual(expected));

f("");
f("[]");
f('[{"model": "claude-opus-5-5", "from": "2026-07-01", "input": 3, "output": 16, "note": "contract 7"}]');
f("model: claude-opus-5-5", 'prices.yaml:1: must be a list of entries, each beginning with "- model: …"');
f("- claude-opus-5-5", 'prices.yaml:1: entry 1: must have keys, as "model: claude-opus-4-5"');
f("- {model: a\n", expect.stringMatching(/^prices\.yaml:\d: /) as never);
f("- input: 1\n  output: 2", 'prices.yaml:1: entry 1: "model" must be a name, as claude-opus-4-5, or a pattern, as "*"');
f(
	"- {model: a, discount_percent: 1}\n\n- model: b\n  price: 3\n- {model: c, input: -1, output: $3}",
	expect.stringMatching(/^prices\.yaml:3: entry 2 \(b\): there is no key "price"\. Known: model, provider,/) as never,
	'prices.yaml:3: entry 2 (b): must have either prices ("input" and "output"), or "discount_percent" or "as", which refer to the list price',
	'prices.yaml:5: entry 3 (c): "input" must be USD per million tokens, as 3.75, not -1',
	'prices.yaml:5: entry 3 (c): "output" must be USD per million tokens, as 3.75, not "$3"',
);
f("- {model: a, input: 1}", 'prices.yaml:1: entry 1 (a): "output" is missing');
f(
	"- {model: a, input: 0.000003, output: 2}",
	'prices.yaml:1: entry 1 (a): "input" is 0.000003, which looks like a price of one token: prices are USD per million tokens',
);
f(
	"- {model: a, input: 1, output: 2, discount_percent: 5}",
	'prices.yaml:1: entry 1 (a): must have either prices ("input" and "output"), or "discount_percent" or "as", which refer to the list price',
);
f(
	"- {model: a, discount_percent: 100}",
	'prices.yaml:1: entry 1 (a): "discount_percent" must be a number below 100, as 12.5, not 100',
);
f(
	"- {model: a, discount_percent: 12%}",
	'prices.yaml:1: entry 1 (a): "discount_percent" must be a number below 100, as 12.5, not "12%"',
);
f(
	"- {model: a, provider: aws, speed: quick, discount_percent: 1}",
	'prices.yaml:1: entry 1 (a): "provider" must be one of anthropic, bedrock, vertex, foundry, gateway, not "aws"',
	'prices.yaml:1: entry 1 (a): "speed" must be normal or fast, not "quick"',
);
const day = "must be a day, as 2026-07-01 (it begins at midnight UTC), or a time, as 2026-07-01T00:00:00+02:00, not";
f("- {model: a, discount_percent: 1, from: July}", `prices.yaml:1: entry 1 (a): "from" ${day} "July"`);
f("- {model: a, discount_percent: 1, from: 2026-02-30}", `prices.yaml:1: entry 1 (a): "from" ${day} "2026-02-30"`);
f("- {model: a, discount_percent: 1, to: 2026-07-01T00:00:00}", `prices.yaml:1: entry 1 (a): "to" ${day} "2026-07-01T00:00:00"`);
f(
	"- {model: a, discount_percent: 1, from: 2026-07-02, to: 2026-07-01}",
	'prices.yaml:1: entry 1 (a): "from" must be before "to"',
);
f(
	"- {model: a, input: 1, output: 1, above: {tokens: 200k, input: 2, price: 1}}",
	expect.stringMatching(/entry 1 \(a\): there is no key "above\.price"\. Known: tokens, input/) as never,
	'prices.yaml:1: entry 1 (a): "above.tokens" must be a number of input tokens, as 200000, not "200k"',
	'prices.yaml:1: entry 1 (a): "above.output" is missing',
);
f(
	"- {model: a, discount_percent: 20, from: 2026-07-01}\n- {model: A, discount_percent: 10, from: 2026-01-01}",
	'prices.yaml:2: entry 2 (A): begins before entry 1, which has the same model: put them in the order of "from"',
);

test("a file that is not there", () => {
	expect(() => readPriceFile("/nowhere/prices.yaml")).toThrow(
		/^cannot read the prices: .*\/nowhere\/prices\.yaml.*\nMend the setting "prices"/,
	);
});
