import type { EventRow, SessionAnswer, TimelinePrompt } from "@purser/api";
import { summaryOf } from "./event-line.ts";
import { showDuration, showMoney, showNumber, showTime } from "./format-value.ts";
import type { Row, TableColumn } from "./table.ts";
import { clean, clip, styled } from "./terminal.ts";

const count = (value: unknown, one: string, more = `${one}s`): string => {
	const number = typeof value === "number" ? value : 0;
	return `${showNumber(number)} ${number === 1 ? one : more}`;
};
const failures = (value: unknown, word: string): string => (Number(value) > 0 ? ` (${showNumber(Number(value))} ${word})` : "");
const joined = (parts: readonly string[]): string => parts.filter((part) => part !== "").join(" · ");

/** Formats person, place, time and totals in a few lines. */
function head({ session: found, meta }: SessionAnswer, tz: string): string[] {
	if (!found) return [meta.session_id];
	const session: Row = found;
	const text = (name: string) => String(session[name] ?? "");
	const active = Number(session["active_seconds"] ?? 0);
	const [first, last] = [showTime(text("first_time"), tz, "second"), showTime(text("last_time"), tz, "second")];
	const until = first.slice(0, 10) === last.slice(0, 10) ? last.slice(11) : last;
	const duration = Number(session["duration_seconds"]) * 1000;
	const tokens = (name: string, word: string) => `${showNumber(Number(session[name] ?? 0))} ${word}`;
	const made = [
		["commits", "commit", "commits"],
		["pull_requests", "pull request", "pull requests"],
	].flatMap(([name, one, more]) => (Number(session[name!]) > 0 ? [count(session[name!], one!, more!)] : []));
	const lines = Number(session["lines_added"] ?? 0) + Number(session["lines_removed"] ?? 0);
	return [
		styled("bold", `session ${clean(text("session_id"))}`),
		joined(["person", "repository", "version", "entrypoint", "terminal"].map((name) => clean(text(name)))),
		`${first} to ${until} ${tz}, ${showDuration(duration)}${active > 0 ? `, ${showDuration(active * 1000)} active` : ""}`,
		joined([
			styled("bold", showMoney(Number(session["cost_usd"] ?? 0))),
			count(session["prompts"], "prompt"),
			count(session["api_requests"], "request") + failures(session["api_errors"], "more failed"),
			count(session["tool_calls"], "tool") + failures(session["tool_failures"], "failed"),
			...made,
			lines > 0
				? `+${showNumber(Number(session["lines_added"] ?? 0))} −${showNumber(Number(session["lines_removed"] ?? 0))} lines`
				: "",
		]),
		joined([
			tokens("input_tokens", "in"),
			tokens("output_tokens", "out"),
			tokens("cache_read_tokens", "from cache"),
			tokens("cache_creation_tokens", "to cache"),
		]),
	].filter((line) => line !== "");
}

const isBad = (item: Row): boolean =>
	item["event"] === "api_error" || item["success"] === false || item["decision"] === "reject" || item["status"] === "failed";

/** Summarizes an item of the timeline as `purser events` does, with the tool's input where clients send it. */
function itemSummary(item: Row): string {
	const { event, time: _time, start_time: _start, input: given = "", ...attributes } = item;
	const input = String(given);
	return [summaryOf({ event: String(event), attributes: attributes as EventRow["attributes"] }), input === "" ? "" : `"${input}"`]
		.filter(Boolean)
		.join("  ");
}

function promptHead(prompt: TimelinePrompt, tz: string): string {
	const length = Number(prompt["prompt_length"] ?? 0);
	const command = String(prompt["command_name"] ?? "");
	const text = String(prompt["prompt"] ?? "");
	const what =
		prompt.number === 0
			? "start-up"
			: [command === "" ? "prompt" : `/${command}`, length > 0 ? count(length, "character") : "", text === "" ? "" : `"${text}"`]
					.filter(Boolean)
					.join("  ");
	const money = prompt.cost_usd > 0 ? showMoney(prompt.cost_usd) : "";
	const facts = [money, prompt.duration_ms > 0 ? showDuration(prompt.duration_ms) : ""].filter(Boolean).join("  ");
	const number = prompt.number === 0 ? "" : String(prompt.number);
	return [number.padEnd(3), showTime(prompt.start_time, tz, "second").slice(11), facts, what].filter(Boolean).join("  ");
}

/** A session to be read from top to bottom: its totals, then each prompt with what was done for it. */
export function timelineText(answer: SessionAnswer, tz: string, width: number): string {
	const lines = head(answer, tz).map((line) => clip(line, width));
	let day = answer.session ? showTime(String(answer.session["first_time"]), tz, "day") : "";
	for (const prompt of answer.prompts) {
		const today = showTime(prompt.start_time, tz, "day");
		lines.push("", ...(today === day ? [] : [today]), styled("bold", clip(clean(promptHead(prompt, tz)), width)));
		day = today;
		for (const item of prompt.items) {
			// The prompt itself is the line above.
			if (item["event"] === "user_prompt" && item === prompt.items.find((each) => each["event"] === "user_prompt")) continue;
			const time = showTime(String(item["start_time"] ?? item["time"]), tz, "second").slice(11);
			const line = clip(clean(`     ${time}  ${String(item["event"]).padEnd(14)}  ${itemSummary(item)}`.trimEnd()), width);
			lines.push(isBad(item) ? styled("red", line) : line);
		}
		const missing = Number(prompt["events"]) - prompt.items.length;
		if (missing > 0) lines.push(`     ${count(missing, "event")} not shown`);
	}
	return `${lines.join("\n")}\n`;
}

/** The timeline as rows, for programs and pages. */
export const timelineRows = ({ prompts }: SessionAnswer): Row[] =>
	prompts.flatMap((prompt) => prompt.items.map((item) => ({ ...item, number: prompt.number, prompt_key: prompt.key })));

export const timelineColumns = (tz: string): TableColumn[] => [
	{ name: "number", right: true },
	{ name: "time", right: true, show: (value) => showTime(String(value), tz, "second") },
	{ name: "event" },
	{ name: "what", show: (_value, row) => itemSummary(row) },
];

export const exactTimelineColumns: readonly TableColumn[] = [
	"number",
	"prompt_key",
	"time",
	"start_time",
	"event",
	"model",
	"tool_name",
	"input",
	"success",
	"error_type",
	"status_code",
	"error",
	"decision",
	"source",
	"duration_ms",
	"ttft_ms",
	"input_tokens",
	"output_tokens",
	"cache_read_tokens",
	"cache_creation_tokens",
	"cost_usd",
].map((name) => ({ name }));
