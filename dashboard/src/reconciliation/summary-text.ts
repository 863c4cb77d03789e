import type { ReconciliationAnswer } from "@purser/api";
import { mostReconciled } from "../api/reconciliation.ts";
import { pluralize } from "../format/labels.ts";
import { exactNumber, percent } from "../format/number.ts";
import { driftOf } from "./drift.ts";

interface Said {
	/** "in the last 7 days" */
	within: string;
	/** The filters in words. Empty without filters. */
	only: string;
	locale?: string;
}

/** Further apart than this is no agreement. */
const agreeing = 0.01;

export const isNothing = ({ total, rows }: Pick<ReconciliationAnswer, "total" | "rows">): boolean =>
	rows.length === 0 && total.sessions === 0 && total.requests === 0;

/** Answers in one sentence if the two sources agree. */
export function reconciliationSentence(answer: Pick<ReconciliationAnswer, "total" | "rows" | "sessions">, said: Said): string {
	const { total, sessions } = answer;
	const within = said.only === "" ? said.within : `${said.within} (${said.only})`;
	if (isNothing(answer)) return `There is nothing to reconcile ${within}.`;
	const percentOff = driftOf(total, "cost") ?? driftOf(total, "tokens");
	return `${sides(percentOff, said.locale)} ${within}; ${differing(sessions, total.sessions, said.locale)}.`;
}

function sides(percentOff: number | null, locale?: string): string {
	if (percentOff === null) return "No session is reported by both requests and counters";
	if (percentOff === 0) return "Requests and counters agree exactly";
	const off = Math.abs(percentOff) / 100;
	if (off < 0.0001) return "Requests and counters agree to less than 0.01\u202f%";
	if (off <= agreeing) return `Requests and counters agree to ${percent(off, locale)}`;
	return `Counters report ${percent(off, locale)} ${percentOff < 0 ? "less" : "more"} than requests`;
}

function differing(sessions: ReconciliationAnswer["sessions"], of: number, locale?: string): string {
	if (sessions.length === 0) return of === 1 ? "its one session does not differ" : "no session differs";
	const unexplained = sessions.filter(({ reasons }) => reasons.every(({ id }) => id === "unknown")).length;
	const count = `${sessions.length >= mostReconciled ? "at least " : ""}${exactNumber(sessions.length, locale)}`;
	const head = `${count} of ${pluralize(of, "session", "sessions", locale)} ${sessions.length === 1 ? "differs" : "differ"}`;
	if (unexplained === 0) return `${head}, ${sessions.length === 1 ? "explained" : "all explained"}`;
	return `${head}, ${exactNumber(unexplained, locale)} without an explanation`;
}
