import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { document } from "./document.ts";
import { attributes, events, metrics, quirks, spans, variables } from "./index.ts";

const page = document();

test("docs/contract.md is what the contract says; else run `npm run contract:docs`", () => {
	expect(readFileSync(new URL("../../docs/contract.md", import.meta.url), "utf8")).toBe(page);
});

test("the page leaves nothing out", () => {
	const names = [...metrics, ...events, ...spans, ...variables].map((definition) => definition.name);
	for (const name of [...names, ...attributes.map(({ key }) => key), ...quirks.map(({ id }) => id)]) expect(page).toContain(name);
});

test("the rows of a table have as many cells as its head", () => {
	const cells = (line: string) => line.replaceAll("\\|", "").split("|").length;
	let width = 0;
	for (const line of page.split("\n")) {
		if (!line.startsWith("|")) width = 0;
		else if (width === 0) width = cells(line);
		else expect(cells(line), line).toBe(width);
	}
});

test("links within the page lead somewhere", () => {
	const anchors = new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, title]) => title!.toLowerCase().replaceAll(" ", "-")));
	for (const [, anchor] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
});
