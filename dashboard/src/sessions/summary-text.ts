import type { SessionRow, TimelinePrompt } from "@purser/api";
import { pluralize, valueLabel } from "../format/labels.ts";
import { money } from "../format/money.ts";
import { percent } from "../format/number.ts";
import { shortValue } from "../format/value.ts";

/** Summarizes the session in a sentence. */
export function sessionSentence(session: SessionRow): string {
	const {
		prompts,
		api_requests: requests,
		tool_calls: tools,
		tool_failures: failed,
		api_errors: errors,
		cost_usd: cost,
	} = session;
	const done = [
		pluralize(prompts ?? 0, "prompt", "prompts"),
		pluralize(requests ?? 0, "request", "requests") + (errors ? ` (and ${pluralize(errors, "API error", "API errors")})` : ""),
		pluralize(tools ?? 0, "tool call", "tool calls") + (failed ? ` (${failed} failed)` : ""),
	].join(", ");
	const active = session.active_seconds ? `, ${shortValue("s", session.active_seconds)} of it active` : "";
	const where = session.repository === "" ? "" : ` in ${valueLabel("repository", session.repository)}`;
	const who = session.person === "" ? "A user without a name" : valueLabel("person", session.person);
	return `${who} worked${where} for ${shortValue("s", session.duration_seconds)}${active}: ${done}, ${cost === null ? "no cost reported" : money(cost)}.`;
}

export const promptName = ({ number }: Pick<TimelinePrompt, "number">): string =>
	number === 0 ? "start-up" : `prompt ${number}`;

/** Names the prompts with most of the money and time, where these are not all in one place. */
export function breakdownText(prompts: readonly TimelinePrompt[]): string[] {
	const cost = prompts.reduce((sum, prompt) => sum + prompt.cost_usd, 0);
	const costly = prompts
		.toSorted((a, b) => b.cost_usd - a.cost_usd)
		.slice(0, 2)
		.filter((prompt) => prompt.cost_usd > cost * 0.15);
	const spent =
		prompts.length > 2 && costly.length > 0
			? [
					`Most of the money: ${costly.map((prompt) => `${promptName(prompt)} (${money(prompt.cost_usd)}, ${percent(prompt.cost_usd / cost)})`).join(", ")}.`,
				]
			: [];
	const model = prompts.reduce((sum, prompt) => sum + prompt.api_duration_ms, 0);
	const tools = prompts.reduce((sum, prompt) => sum + prompt.tool_duration_ms, 0);
	const time =
		model + tools > 0
			? [`The model took ${shortValue("ms", model)}, tools ${shortValue("ms", tools)}, parallel ones counted each.`]
			: [];
	return [...spent, ...time];
}
