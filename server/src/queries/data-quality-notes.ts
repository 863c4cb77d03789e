import { attributes, compareVersions, type QuirkDefinition, quirks, quirksOf } from "@purser/contract";
import { columnName } from "../schema/tables.ts";
import { allRecords, dimensionSql } from "../semantic/all-records.ts";
import type { UsageQuestion } from "../semantic/compile-usage.ts";
import { commonDimensions, dimensionOf } from "../semantic/dimension.ts";
import { measureOf } from "../semantic/measures/index.ts";
import type { RollupFreshness } from "../semantic/rollup-freshness.ts";
import { identifiers, type Sql, sql } from "../sql.ts";
import type { Store } from "../store/store.ts";

/** Quirks for which accounting corrects, or of how records are delivered: a reader of the number need not know them. */
const leftOut: ReadonlySet<string> = new Set([
	"cost-usd-missing",
	"processes-share-session",
	"throw-away-session-at-start",
	"prometheus-unit-lines",
	"prometheus-port-taken",
	"many-labels-stop-metrics",
]);
const maxVersions = 5;

const keyOf = new Map(attributes.filter(({ column }) => column).map(({ key }) => [columnName(key), key]));

/** Attributes whose columns an expression reads. Money is one thing, however a version calls it. */
const keysIn = (expression: Sql | undefined): string[] =>
	[...(expression?.columns ?? [])].flatMap((name) =>
		name === "cost_nano_usd" ? ["claude_code.cost.usage"] : (keyOf.get(name) ?? []),
	);

function namesOf(measure: string): string[] {
	const found = measureOf(measure);
	if (!found) return [];
	if ("from" in found) return found.from.flatMap(namesOf);
	return [...(found.reads ?? []), ...keysIn(found.sql)];
}

/** The metrics, events and attributes that a question's numbers are made of. */
function readBy({ measures, by, where }: Pick<UsageQuestion, "measures" | "by" | "where">): string[] {
	const dimensions = [...by, ...where.map(({ dimension }) => dimension)].map((name) => dimensionOf(name));
	const ofDimensions = dimensions.flatMap((dimension) => keysIn(Object.values(dimension?.sql ?? {})[0]));
	return [...new Set([...measures.flatMap(namesOf), ...ofDimensions])];
}

/**
 * Returns true if a reader of a number must know the quirk where its version is among the senders: a quirk of every version is
 * no news.
 */
export const isNoteworthy = (quirk: QuirkDefinition): boolean =>
	quirk.effect !== "renamed" && quirk.until !== undefined && !leftOut.has(quirk.id) && quirk.touches.length > 0;

/**
 * Loads a sentence for everything that the versions of these records report wrongly or not at all (R13). Defects that every version
 * has are documented with the contract instead.
 */
export async function loadNotes(
	store: Store,
	question: UsageQuestion,
	period: { readonly from: string; readonly to: string },
	freshness?: RollupFreshness,
): Promise<string[]> {
	const names = readBy(question);
	if (!quirks.some((quirk) => isNoteworthy(quirk) && names.some((name) => quirk.touches.includes(name)))) return [];
	const versions = await recentVersions(store, question, period, freshness);
	const having = Map.groupBy(
		versions.flatMap((version) => quirksOf(version, names).map((quirk) => ({ quirk, version }))),
		({ quirk }) => quirk,
	);
	return [...having]
		.filter(([quirk]) => isNoteworthy(quirk))
		.map(([quirk, found]) => `${quirk.brief} Versions ${rangeOf(quirk)}; here ${some(found.map(({ version }) => version))}.`);
}

function rangeOf({ from: since, until }: QuirkDefinition): string {
	return since ? `from ${since} and before ${until}` : `before ${until}`;
}

function some(versions: readonly string[]): string {
	const sorted = versions.toSorted((a, b) => compareVersions(b, a));
	const more = sorted.length - maxVersions;
	return more > 0 ? `${sorted.slice(0, maxVersions).join(", ")} and ${more} more` : sorted.join(", ");
}

type CacheEntry = { readonly expiresMs: number; readonly versions: Promise<string[]> };
const cacheTtlMs = 20_000;
const maxCacheEntries = 50;
const caches = new WeakMap<Store, Map<string, CacheEntry>>();

/** Caches the versions of a period: a page asks a dozen questions about the same one. */
function recentVersions(
	store: Store,
	question: UsageQuestion,
	period: { readonly from: string; readonly to: string },
	freshness: RollupFreshness,
): Promise<string[]> {
	const known = caches.get(store) ?? new Map<string, CacheEntry>();
	caches.set(store, known);
	const minute = (time: string) => time.slice(0, "2026-11-21 09:30".length);
	const key = JSON.stringify([minute(period.from), minute(period.to), question.where]);
	const before = known.get(key);
	if (before && before.expiresMs > Date.now()) return before.versions;
	const versions = versionsIn(store, question, period, freshness);
	versions.catch(() => known.delete(key));
	known.delete(key);
	known.set(key, { expiresMs: Date.now() + cacheTtlMs, versions });
	if (known.size > maxCacheEntries) known.delete(known.keys().next().value!);
	return versions;
}

/** Finds the versions of the records in a request's period, under those of its filters that every record has. */
async function versionsIn(
	store: Store,
	{ where }: UsageQuestion,
	period: { readonly from: string; readonly to: string },
	freshness: RollupFreshness,
): Promise<string[]> {
	const isCommon = (name: string) => commonDimensions.includes(name) || name === "model" || name.startsWith("label.");
	const common = where.filter(({ dimension }) => isCommon(dimension));
	const columns = ["app_version", "agent_version"];
	// Columns of few texts are grouped much faster than what is made of them.
	const few = sql`SELECT ${identifiers(columns)} FROM ${allRecords(common, freshness, columns)} GROUP BY ${identifiers(columns)}`;
	const found = await store.rows<{ version: string }>(
		sql`SELECT DISTINCT ${dimensionSql("version")} AS version FROM (${few}) WHERE version != '' LIMIT 1000`,
		period,
	);
	return found.map(({ version }) => version);
}
