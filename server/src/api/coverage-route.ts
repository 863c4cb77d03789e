import { type CoverageParameters, coverageParameters, coverageResponse, type Gate, gapsResponse } from "@purser/api";
import type { Answers } from "../queries/answers.ts";
import type { Coverage, CoverageQuestion } from "../queries/coverage.ts";
import type { Client } from "../queries/coverage-client.ts";
import { maxCandidates } from "../queries/sequence-gaps.ts";
import { contentSwitchNames } from "../semantic/content-switches.ts";
import { futureSeconds, lateSeconds } from "../semantic/rollups/ingest.ts";
import { type SignalName, signalNames } from "../semantic/signals.ts";
import { coverageExample } from "./coverage-example.ts";
import { presentClient, presentGaps, presentLoss, presentSilence, total, versionsOf } from "./present-coverage.ts";
import { type QuestionRoute, question } from "./route.ts";
import type { Health } from "./status.ts";
import { periodOf, startOfMinute } from "./time-parameter.ts";
import { checkedZone, filtersOf } from "./usage-route.ts";

type Known = Pick<Health, "startedMs" | "ingestStats">;

function questionOf(query: CoverageParameters, nowMs: number): CoverageQuestion & { readonly limit: number } {
	const { tz, where, limit = 500 } = query;
	return { ...periodOf(query, "-7d", nowMs), nowMs: startOfMinute(nowMs), tz: checkedZone(tz), where: filtersOf(where), limit };
}

/** Routes of coverage (installations that report, went silent or never reported, and what is missing) and of ingest outages. */
export const coverageRoutes = (answers: Answers, health: Known): QuestionRoute[] => [
	coverageRoute(answers, health),
	gapsRoute(answers),
];

const coverageRoute = (answers: Answers, health: Known): QuestionRoute =>
	question({
		path: "/api/v1/coverage",
		summary: "Coverage: reporting clients, silent and never-seen clients, lost, late and rejected records, ingest outages",
		parameters: coverageParameters,
		response: coverageResponse,
		example: coverageExample,
		answer: async (query, nowMs) => {
			const question = questionOf(query, nowMs);
			const { limit } = question;
			const coverage = await answers.coverage(question);
			const { clients, silences, expected, losses, gaps } = coverage;
			const body = {
				summary: summaryOf(coverage, health),
				clients: clients.slice(0, limit).map(presentClient),
				silent: silences.slice(0, limit).map(presentSilence),
				never_seen: expected?.neverSeen.slice(0, limit) ?? [],
				loss: losses.found.slice(0, limit).map(presentLoss),
				gaps: presentGaps(gaps, limit),
				versions: versionsOf(clients, question.fromMs).slice(0, limit),
				meta: {
					from: iso(question.fromMs),
					to: iso(question.toMs),
					tz: question.tz,
					as_of: iso(coverage.asOfMs),
					history_from: iso(coverage.historyFromMs),
					late_after_seconds: lateSeconds,
					future_after_seconds: futureSeconds,
					activity: { grain: coverage.buckets.grain, starts: coverage.buckets.startsMs.map(iso) },
					notes: notesOf(coverage, limit),
				},
			};
			return { body };
		},
	});

const gapsRoute = (answers: Answers): QuestionRoute =>
	question({
		path: "/api/v1/coverage/gaps",
		summary: "Ingest outages of a quarter of an hour or longer, which charts over time shade",
		parameters: coverageParameters,
		response: gapsResponse,
		example: {
			gaps: coverageExample.gaps,
			meta: { from: "2026-11-14T00:00:00.000Z", to: "2026-11-21T00:00:00.000Z", tz: "Europe/Berlin", notes: [] },
		},
		answer: async (query, nowMs) => {
			const question = questionOf(query, nowMs);
			const gaps = presentGaps(await answers.outages(question), question.limit);
			return { body: { gaps, meta: { from: iso(question.fromMs), to: iso(question.toMs), tz: question.tz, notes: [] } } };
		},
	});

const iso = (ms: number): string => new Date(ms).toISOString();
function summaryOf({ clients, silences, expected, losses, arrivals }: Coverage, { startedMs, ingestStats }: Known) {
	const having = (status: Client["status"]) => clients.filter((client) => client.status === status).length;
	const { events, sessions, missing } = losses;
	const ofSignals = (of: (signal: SignalName) => number) =>
		Object.fromEntries(signalNames.map((signal) => [signal, of(signal)])) as Record<SignalName, number>;
	const came = Object.values(ingestStats.signals);
	return {
		clients: clients.length,
		reporting: having("reporting"),
		silent: having("silent"),
		irregular: having("irregular"),
		silent_signals: silences.filter(({ signal }) => signal !== "all").length,
		expected: expected?.people ?? null,
		expected_never_seen: expected?.neverSeen.length ?? null,
		records: ofSignals((signal) => arrivals[signal].records),
		signals: ofSignals((signal) => clients.filter((client) => (client.signals[signal]?.records ?? 0) > 0).length),
		gates: Object.fromEntries(
			contentSwitchNames.map((gate) => [gate, clients.filter(({ gates }) => gates.includes(gate)).length]),
		) as Record<Gate, number>,
		numbered_events: events,
		numbered_sessions: sessions,
		missing_events: missing,
		missing_ratio: events + missing > 0 ? missing / (events + missing) : null,
		sessions_with_loss: losses.found.length,
		late: ofSignals((signal) => arrivals[signal].late),
		most_late_seconds: ofSignals((signal) => arrivals[signal].most_late_seconds),
		future: ofSignals((signal) => arrivals[signal].future),
		undated: ofSignals((signal) => arrivals[signal].undated),
		since_start: {
			started_at: iso(startedMs),
			rejected_records: total(came, ({ rejected }) => rejected),
			cut_values: total(came, ({ cut }) => cut),
			duplicate_requests: total(came, ({ duplicate }) => duplicate),
			refused_requests: ingestStats.refused,
		},
	};
}

function notesOf({ clients, silences, expected, losses, arrivals, gaps }: Coverage, limit: number): string[] {
	const notes: string[] = [];
	const longest = Math.max(clients.length, silences.length, expected?.neverSeen.length ?? 0, losses.found.length, gaps.length);
	if (longest > limit) notes.push(`Lists end after ${limit} entries; counts are of all ${longest}.`);
	if (losses.isPart)
		notes.push(
			`More events may be missing: of the sessions whose numbers do not simply follow one another, these are the ${maxCandidates} that lack most. A shorter period lists them all.`,
		);
	const unnumbered = arrivals.events.records - losses.events;
	if (arrivals.events.records > 0 && unnumbered > arrivals.events.records * 0.05)
		notes.push(
			"Part of the events has no event.sequence or no session.id, or is younger than half a minute: whether some of those are missing is not known. Versions before 2.1 do not number events.",
		);
	if (clients.some(({ gates, version }) => gates.includes("tool_details") && /^([01]\.|2\.0\.)/.test(version)))
		notes.push("Versions before 2.1 send tool_parameters whatever OTEL_LOG_TOOL_DETAILS says.");
	return notes;
}
