import { readdirSync, readFileSync } from "node:fs";
import { variables } from "@purser/contract";
import { expect, test } from "vitest";

test("every variable of the contract has a test of what it changes", () => {
	const files = readdirSync(import.meta.dirname).filter((name) => /^variables-.*\.test\.ts$/.test(name));
	const text = files.map((name) => readFileSync(`${import.meta.dirname}/${name}`, "utf8")).join("\n");
	// A line of a table, or a test's own title.
	const tested = new Set([...text.matchAll(/^\s*(?:[a-zA-Z]+|test\.\w+\(.*\))\(\s*"([A-Z_]{8,})\b/gm)].map(([, name]) => name));
	expect(variables.map(({ name }) => name).filter((name) => !tested.has(name))).toEqual([]);
});
