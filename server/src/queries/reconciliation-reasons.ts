import { type QuirkDefinition, quirksOf } from "@purser/contract";
import { isNoteworthy } from "./data-quality-notes.ts";
import type { Detail, Sides } from "./reconciled-session.ts";

/** `id` is stable; `text` is a sentence for people. */
export type Reason = { readonly id: string; readonly text: string };

type Session = Detail & Sides;

const counters = ["claude_code.cost.usage", "claude_code.token.usage"];
const requests = ["cost_usd", "input_tokens", "api_request"];
/** A quirk that touches both sides alike makes no difference between them. */
const isOneSided = ({ touches }: QuirkDefinition): boolean =>
	counters.some((name) => touches.includes(name)) !== requests.some((name) => touches.includes(name));

/**
 * Explains why a session's counters and requests differ, the likeliest reason first. An unknown reason is reported as unknown.
 */
export function reasonsOf(session: Session): Reason[] {
	const reasons: Reason[] = [];
	const { last_request, last_point } = session;
	if (last_request === null) {
		reasons.push({
			id: "no-requests",
			text: "No request of it came: its logs exporter is off or does not get through. It is counted from its counters.",
		});
	} else if (last_point === null) {
		reasons.push({
			id: "no-counters",
			text: "None of its counters came: its metrics exporter is off, or it ended before its first interval. It is counted from its requests.",
		});
	}
	if (session.goes_beyond) {
		reasons.push({
			id: "beyond-period",
			text: "It continues beyond the period: counters report a request up to an interval later, on the other side of the edge.",
		});
	}
	if (last_request !== null && last_point !== null) reasons.push(...ofBoth(session, last_request, last_point));
	return reasons.length > 0
		? reasons
		: [{ id: "unknown", text: "No record explains the difference. Look at the records of both sides." }];
}

function ofBoth(session: Session, lastRequest: string, lastPoint: string): Reason[] {
	const reasons: Reason[] = [];
	const isLess = session.counters_cost_usd < session.requests_cost_usd || session.counters_tokens < session.requests_tokens;
	const isMore = session.counters_cost_usd > session.requests_cost_usd || session.counters_tokens > session.requests_tokens;
	if (isLess && lastRequest > lastPoint) {
		reasons.push({
			id: "last-interval-missing",
			text: "The counters of its last interval never came: it was ended before it could send them.",
		});
	} else if (isLess) {
		reasons.push({
			id: "interval-missing",
			text: "Counters from before its last point never came: a delta that could not be delivered is gone.",
		});
	}
	if (isMore && session.missing_events > 0) {
		reasons.push({
			id: "events-missing",
			text: `${session.missing_events} of its events never came, as their numbers show: requests are among them.`,
		});
	}
	if (isMore && session.missing_events === 0) {
		reasons.push({
			id: "requests-missing",
			text: "Its counters report requests that its events do not: their events never came, or they are of a kind that is only counted.",
		});
	}
	for (const version of session.versions) {
		for (const quirk of quirksOf(version, [...counters, ...requests])) {
			if (!isNoteworthy(quirk) || !isOneSided(quirk) || reasons.some(({ id }) => id === quirk.id)) continue;
			reasons.push({ id: quirk.id, text: `${quirk.brief} (It is of version ${version}.)` });
		}
	}
	if (session.processes > 1) {
		reasons.push({ id: "parallel-writers", text: `${session.processes} processes counted for it, each from nothing.` });
	}
	return reasons;
}
