import fc from "fast-check";
import { expect, test } from "vitest";
import { conditionOf, itemsOf } from "./escaped.ts";

/** Escapes a name as the documentation says. */
const escaped = (name: string, separators: RegExp): string => name.replace(separators, "$1$1\\$2");

test("a list is cut at its commas, and a name may have some", () => {
	expect(itemsOf("cost_usd, tokens,,model ")).toEqual(["cost_usd", "tokens", "model"]);
	expect(itemsOf(String.raw`label.a\,b,label.c\\,model`)).toEqual(["label.a,b", "label.c\\", "model"]);
	expect(itemsOf(String.raw`label.a\b\\c\ `)).toEqual([String.raw`label.a\b\\c\ `]);
	expect(itemsOf("")).toEqual([]);
});

test("a condition is a name, whether it excludes, and a value", () => {
	expect(conditionOf("model:a:b")).toEqual({ name: "model", exclude: false, value: "a:b" });
	expect(conditionOf("tool!:Bash")).toEqual({ name: "tool", exclude: true, value: "Bash" });
	expect(conditionOf("label.a!b:")).toEqual({ name: "label.a!b", exclude: false, value: "" });
	expect(conditionOf(String.raw`label.a\:b!\:c:d\:e`)).toEqual({ name: "label.a:b!:c", exclude: false, value: String.raw`d\:e` });
	for (const none of ["", "model", ":x", "!:x", String.raw`a\:b`]) expect(conditionOf(none)).toBeUndefined();
});

test("every name can be written", () => {
	const name = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom("\\", ",", ":", "!", "a", " ") }));
	fc.assert(
		fc.property(fc.array(name, { minLength: 1 }), (names) => {
			const labels = names.map((each) => `label.${each}`);
			const text = labels.map((each) => escaped(each, /(\\*)(,)/g).replace(/\\+$/, "$&$&")).join(",");
			// A backslash that ends the whole is no escape: there is no separator after it.
			expect(itemsOf(`${text},x`)).toEqual([...labels, "x"]);
		}),
	);
	fc.assert(
		fc.property(name, fc.boolean(), fc.string(), (key, exclude, value) => {
			const label = `label.${key}`;
			const written = escaped(label, /(\\*)([!:])/g).replace(/\\+$/, "$&$&");
			expect(conditionOf(`${written}${exclude ? "!:" : ":"}${value}`)).toEqual({ name: label, exclude, value });
		}),
	);
});
