import type { EventRow, Json } from "@purser/api";
import { describe, expect, it } from "vitest";
import { liveAddress, questionOf } from "../url/live-address.ts";
import { appendOlder, mergeNewest } from "./merge.ts";
import { summary } from "./summary.ts";

const event = (name: string, attributes: Record<string, Json>, time = "2026-11-20T10:00:00.000Z"): EventRow => ({
	time,
	event: name,
	session_id: "s",
	person: "",
	attributes,
	resource: {},
	scope: { name: "", version: "" },
	received_at: time,
	trace_id: "",
	span_id: "",
});

describe("one line for an event", () => {
	const plain = (text: string) => text.replaceAll("\u202f", " ");
	const f = (name: string, attributes: Record<string, Json>, expected: string, critical = false) =>
		it(expected, () => {
			const { subject, facts, duration, cost, isCritical } = summary(event(name, attributes));
			expect(plain([subject, ...facts, duration, cost].filter(Boolean).join(" | "))).toBe(expected);
			expect(isCritical).toBe(critical);
		});
	f(
		"api_request",
		{
			model: "claude-opus-5-5",
			input_tokens: 120,
			output_tokens: 78,
			cache_read_tokens: 38_000,
			duration_ms: 4100,
			cost_usd: 0.06,
		},
		"claude-opus-5-5 | 120 in | 78 out | 38.0 K cached | 4.1 s | $0.06",
	);
	// Every number was a string up to 2.1.100.
	f(
		"api_request",
		{ model: "m", input_tokens: "120", output_tokens: "0", duration_ms: "46", cost_usd: "0.012282" },
		"m | 120 in | 46 ms | $0.01",
	);
	f("api_request", { model: "m", cost_usd_micros: 2765 }, "m | $0.0028");
	f("tool_result", { tool_name: "Bash", success: "true", duration_ms: "12400" }, "Bash | ok | 12.4 s");
	f("tool_result", { tool_name: "Bash", success: false, error_type: "ShellError" }, "Bash | failed: ShellError", true);
	f("tool_decision", { tool_name: "Edit", decision: "reject", source: "user_reject" }, "Edit | rejected by the user");
	f("api_error", { model: "m", status_code: "undefined", error: "Overloaded" }, "m | Overloaded", true);
	f("user_prompt", { prompt_length: "212", prompt: "<REDACTED>" }, "212 characters");
	f("user_prompt", { prompt_length: "5", prompt: "hello" }, "5 characters | “hello”");
	f(
		"compaction",
		{ trigger: "auto", pre_tokens: 155_000, post_tokens: "41000", duration_ms: 8400, success: true },
		"auto | 155 K → 41.0 K tokens | 8.4 s",
	);
	f("something_new", { duration_ms: 10, "session.id": "s", colour: "red" }, "colour=red | 10 ms");
});

describe("keeping the list", () => {
	const at = (second: number, n = 0) => event("e", { n }, `2026-11-20T10:00:0${second}.000Z`);
	it("new events are added at the top, once", () => {
		const shown = [at(3), at(2)];
		const { rows, added, meets } = mergeNewest(shown, [at(4), at(3), at(2)]);
		expect(rows.map(({ time }) => time.slice(18, 19))).toEqual(["4", "3", "2"]);
		expect([added.length, meets]).toEqual([1, true]);
	});
	it("what comes late finds its place", () => {
		const { rows } = mergeNewest([at(5), at(1)], [at(5), at(3), at(1)]);
		expect(rows.map(({ time }) => time.slice(18, 19))).toEqual(["5", "3", "1"]);
	});
	it("a page of nothing but news leaves a gap, so what was shown goes", () => {
		const { rows, meets } = mergeNewest([at(1)], [at(9), at(8)]);
		expect([rows.length, meets]).toEqual([2, false]);
	});
	it("older ones go below, once", () => {
		expect(appendOlder([at(5), at(4)], [at(4), at(3)])).toHaveLength(3);
	});
});

it("what is asked for survives the way into an address and back", () => {
	const address = liveAddress({ event: "api_error", q: "529 & more", session: "" });
	expect(address).toBe("/live?event=api_error&q=529+%26+more");
	expect(questionOf(new URLSearchParams(address.slice(6)))).toMatchObject({
		event: "api_error",
		q: "529 & more",
		person: "",
		session: "",
	});
});
