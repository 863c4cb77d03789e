import type { Answers } from "../queries/answers.ts";
import type { Coverage, CoverageQuestion } from "../queries/coverage.ts";
import type { Client } from "../queries/coverage-client.ts";
import { maxCandidates } from "../queries/sequence-gaps.ts";
import { contentSwitchNames } from "../semantic/content-switches.ts";
import { futureSeconds, lateSeconds } from "../semantic/rollups/ingest.ts";
import { signalNames } from "../semantic/signals.ts";
import { coverageExample } from "./coverage-example.ts";
import { presentClient, presentGaps, presentLoss, presentSilence, total, versionsOf } from "./present-coverage.ts";
import { listOf, type Query, type QuestionRoute, textOf } from "./route.ts";
import type { Health } from "./status.ts";
import { periodOf } from "./time-parameter.ts";
import { filtersOf, zoneOf } from "./usage-route.ts";

const text = { type: "string" };

const parameters: NonNullable<QuestionRoute["parameters"]> = {
	from: { description: "ISO 8601 or relative (-24h, -7d, now)", schema: { ...text, default: "-7d" } },
	to: { description: "Exclusive; silence is judged as of then, or now if that is earlier", schema: { ...text, default: "now" } },
	tz: { description: "IANA time zone in which days and weekends begin", schema: { ...text, default: "UTC" } },
	where: {
		description:
			"dimension:value, or dimension!:value to exclude, of what all records have. The same dimension again: or; another: and",
		schema: { type: "array", items: text },
	},
	limit: {
		description: "Maximum entries per list; counts are of all",
		schema: { type: "integer", minimum: 1, maximum: 10_000, default: 500 },
	},
};

type Known = Pick<Health, "startedMs" | "ingestStats">;

function questionOf(query: Query, nowMs: number): CoverageQuestion & { readonly limit: number } {
	return {
		...periodOf(query, "-7d", nowMs),
		nowMs,
		tz: zoneOf(query),
		where: filtersOf(listOf(query, "where")),
		limit: Number(textOf(query, "limit") ?? 500),
	};
}

/** Routes of coverage (installations that report, went silent or never reported, and what is missing) and of ingest outages. */
export const coverageRoutes = (answers: Answers, health: Known): QuestionRoute[] => [
	coverageRoute(answers, health),
	gapsRoute(answers),
];

const coverageRoute = (answers: Answers, health: Known): QuestionRoute => ({
	method: "GET",
	path: "/api/v1/coverage",
	summary: "Coverage: reporting clients, silent and never-seen clients, lost, late and rejected records, ingest outages",
	parameters,
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

const gapsRoute = (answers: Answers): QuestionRoute => ({
	method: "GET",
	path: "/api/v1/coverage/gaps",
	summary: "Ingest outages of a quarter of an hour or longer, which charts over time shade",
	parameters,
	example: {
		gaps: (coverageExample as { gaps: object }).gaps,
		meta: { from: "2026-11-14T00:00:00.000Z", to: "2026-11-21T00:00:00.000Z" },
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
	const ofSignals = (of: (signal: (typeof signalNames)[number]) => number) =>
		Object.fromEntries(signalNames.map((signal) => [signal, of(signal)]));
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
		),
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
