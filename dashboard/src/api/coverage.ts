import { type Filter, writeFilter } from "../url/filter.ts";
import { ask } from "./ask.ts";

export const signals = ["events", "metrics", "spans"] as const;
export type Signal = (typeof signals)[number];
export const gates = ["prompts", "responses", "tool_details", "tool_content", "raw_api_bodies"] as const;
export type Gate = (typeof gates)[number];

interface Rhythm {
	/** Null where there are too few days. */
	usual_interval_seconds: number | null;
	rests_at_weekends: boolean | null;
	silent_at: string | null;
}

export interface Client extends Rhythm {
	person: string;
	installation: string;
	status: "reporting" | "silent" | "irregular";
	first_seen: string;
	last_seen: string;
	version: string;
	entrypoints: string[];
	terminals: string[];
	os: string[];
	services: string[];
	records: number;
	signals: Partial<Record<Signal, { records: number; last_seen: string }>>;
	gates: Gate[];
	late: number;
	future: number;
	/** Hours with records in each bucket. */
	activity: number[];
}

export interface Silence extends Rhythm {
	person: string;
	installation: string;
	signal: Signal | "all";
	last_seen: string;
	silent_at: string;
	usual_interval_seconds: number;
	version: string;
	cause: string;
	explanation: string;
	advice: string;
	variables: string[];
}

/** A person of the directory; texts are empty where it has none. */
export interface ExpectedPerson {
	person: string;
	name: string;
	team: string;
}

export interface Loss {
	session: string;
	person: string;
	version: string;
	processes: number;
	first_seen: string;
	last_seen: string;
	received: number;
	missing: number;
	missing_ratio: number;
	holes: { after: number; before: number; missing: number; from: string; to: string }[];
}

export interface Gap {
	from: string;
	to: string;
	seconds: number;
	ongoing: boolean;
	usual: boolean;
	compared_days: number;
	days_with_records: number;
	ends_with_server_start: boolean;
}

type BySignal = Record<Signal, number>;

export interface CoverageSummary {
	clients: number;
	reporting: number;
	silent: number;
	irregular: number;
	silent_signals: number;
	/** The number of people in the directory, and of those from whom nothing came; null where no people are expected. */
	expected: number | null;
	expected_never_seen: number | null;
	records: BySignal;
	signals: BySignal;
	gates: Record<Gate, number>;
	numbered_events: number;
	numbered_sessions: number;
	missing_events: number;
	missing_ratio: number | null;
	sessions_with_loss: number;
	late: BySignal;
	most_late_seconds: BySignal;
	future: BySignal;
	undated: BySignal;
	since_start: {
		started_at: string;
		rejected_records: number;
		cut_values: number;
		duplicate_requests: number;
		refused_requests: number;
	};
}

export interface CoverageAnswer {
	summary: CoverageSummary;
	clients: Client[];
	silent: Silence[];
	/** Grouped by team. */
	never_seen: ExpectedPerson[];
	loss: Loss[];
	gaps: Gap[];
	versions: { version: string; clients: number; records: number; first_seen: string; last_seen: string }[];
	meta: {
		from: string;
		to: string;
		as_of: string;
		history_from: string;
		late_after_seconds: number;
		future_after_seconds: number;
		activity: { grain: "hour" | "day"; starts: string[] };
		notes: string[];
	};
}

interface Question {
	from: number;
	to: number;
	filters: readonly Filter[];
}

function searchOf({ from, to, filters }: Question, zone: string): URLSearchParams {
	const search = new URLSearchParams({ from: new Date(from).toISOString(), to: new Date(to).toISOString(), tz: zone });
	for (const filter of filters) search.append("where", writeFilter(filter));
	return search;
}

export const askCoverage = (question: Question, zone: string, signal: AbortSignal): Promise<CoverageAnswer> =>
	ask(`/coverage?${searchOf(question, zone)}`, { signal });

/** Asks for all clients, ignoring filters: a single client is quiet often. */
export const askGaps = (question: Omit<Question, "filters">, zone: string, signal: AbortSignal): Promise<{ gaps: Gap[] }> =>
	ask(`/coverage/gaps?${searchOf({ ...question, filters: [] }, zone)}`, { signal });
