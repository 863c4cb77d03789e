import { exactNumber } from "./number.ts";

/** "1 session", "1,587 sessions": exact, because the sentence is what gets quoted. */
export function pluralize(count: number, one: string, many: string, locale?: string): string {
	return `${exactNumber(count, locale)} ${count === 1 ? one : many}`;
}

/** Shortens long identifiers so that two still differ; the whole is one hover away. */
export function shortId(id: string): string {
	if (/^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(id)) return id.slice(0, 8);
	return /^[0-9a-f]{24,}$/i.test(id) ? `${id.slice(0, 8)}…` : id;
}

/** A dimension's value for people: what it stands for, and never an empty hole. */
export function valueLabel(dimension: string, value: string): string {
	if (value === "") return dimension.startsWith("label.") ? "not labelled" : "not reported";
	if (dimension === "repository") return value.replace(/^https?:\/\/[^/]+\//, "").replace(/\.git$/, "");
	// The prefix is the same for all models and adds nothing.
	if (dimension === "model") return value.replace(/^claude-(?=.)/, "");
	if (dimension === "session" || dimension === "person") return shortId(value);
	return value;
}

/** A dimension's name for people. */
export function dimensionLabel(dimension: string): string {
	if (dimension.startsWith("label.")) return dimension.slice("label.".length);
	if (dimension === "os") return "OS";
	return dimension.replaceAll("_", " ").replace("mcp", "MCP");
}

/** Filters as a phrase: "model opus-5-5, tool not Bash". */
export const filterWords = (filters: readonly { dimension: string; value: string; excluded: boolean }[]): string =>
	filters
		.map(
			({ dimension, value, excluded }) => `${dimensionLabel(dimension)} ${excluded ? "not " : ""}${valueLabel(dimension, value)}`,
		)
		.join(", ");
