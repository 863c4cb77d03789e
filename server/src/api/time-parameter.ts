import { UsageError } from "../errors.ts";

const units: Readonly<Record<string, number>> = Object.freeze({ s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 });

/** No agent sent anything before 2000, and the engine cannot represent all times. */
const [firstMs, endMs] = [Date.UTC(2000), Date.UTC(2100)];

/** ISO 8601, `now`, or relative as `-24h`, `-7d`: milliseconds since 1970, of this century at least. */
export const parseTime = (text: string, nowMs: number, name: string): number =>
	Math.min(Math.max(readTime(text, nowMs, name), firstMs), endMs);

function readTime(text: string, nowMs: number, name: string): number {
	if (text === "now") return nowMs;
	const relative = /^-(\d{1,6})([smhdw])$/.exec(text);
	if (relative) return nowMs - Number(relative[1]) * units[relative[2]!]! * 1000;
	// A time without a zone would mean the server's: dates and times are UTC unless they say otherwise.
	const iso = /^\d{4}-\d{2}-\d{2}T[\d:.]+$/.test(text) ? `${text}Z` : text.replace(/ (\d\d:?\d\d)$/, "+$1");
	const ms = /^\d{4}-\d{2}-\d{2}/.test(iso) ? Date.parse(iso) : Number.NaN;
	if (Number.isNaN(ms))
		throw new UsageError(`"${name}" must be a time, as 2026-11-01T00:00:00Z, -24h, -7d or now, not "${text.slice(0, 40)}"`);
	return ms;
}

const minuteMs = 60_000;
/** Returns the begun minute: answers as of then can be reused within it. */
export const startOfMinute = (ms: number): number => Math.floor(ms / minuteMs) * minuteMs;
const isAgo = (text: string): boolean => /^-\d+[mhdw]$/.test(text);

/**
 * A question's period in milliseconds, the end exclusive; it may be empty, but not end before it begins. Times relative to now are
 * whole minutes, and `now` as the end is the next one: questions about one period have one answer until something new is stored.
 */
export function periodOf(
	{ from, to = "now" }: { readonly from?: string; readonly to?: string },
	since: string,
	nowMs = Date.now(),
): { readonly fromMs: number; readonly toMs: number } {
	const parse = (text: string, name: string) => parseTime(text, isAgo(text) ? startOfMinute(nowMs) : nowMs, name);
	const fromMs = parse(from ?? since, "from");
	const toMs = to === "now" ? Math.ceil(nowMs / minuteMs) * minuteMs : parse(to, "to");
	return { fromMs, toMs: Math.max(fromMs, toMs) };
}

/** Formats a time as the API reports it. */
export const isoTime = (ms: number): string => new Date(ms).toISOString();
