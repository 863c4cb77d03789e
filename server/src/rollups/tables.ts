import { createHash } from "node:crypto";
import { allRollups, rollups } from "../queries/rolled/index.ts";
import type { Rollup } from "../queries/rollup.ts";
import { from, inPeriod, type Reading } from "../queries/source.ts";
import { told } from "../queries/told.ts";

/** The hours whose rollups do not hold, or once did not: the last row of an hour says. */
export const staleHoursTable =
	"CREATE TABLE IF NOT EXISTS stale_hours (hour DateTime('UTC'), is_stale UInt8, at UInt64) ENGINE = ReplacingMergeTree(at) ORDER BY hour SETTINGS fsync_after_insert = 1, fsync_part_directory = 1";

/** Rows as they are in the table: by their own name of the person, which may later stand for another. */
const asStored: Reading = { when: inPeriod, person: "person" };

const rowsOf = (rollup: Rollup): string =>
	rollup === rollups.increments
		? `(SELECT *, ${told} AS told FROM ${from("increments", undefined, asStored)})`
		: rollup.rows(asStored);

const keptIn = ({ sums }: Rollup) => Object.entries(sums).filter(([, { read }]) => read === undefined);

/** What puts the rows of some whole hours, `from` to `to`, into a rollup that has none of them; out of a wider one, if there is one. */
function fillTable(rollup: Rollup, wider: Rollup | undefined): string {
	const keys = rollup.keys.map(({ name }) => name);
	const sums = keptIn(rollup);
	const columns = ["time", ...keys, ...sums.map(([name]) => name)];
	const quarter = "toStartOfFifteenMinutes(toDateTime(time, 'UTC'))";
	const selected = [
		`${rollup.isDaily ? "toStartOfDay(time)" : wider ? "time" : quarter} AS at`,
		...rollup.keys.map(({ name, sql }) => (sql ? `${sql} AS ${name}` : name)),
		...sums.map(([name, { each, together }]) => `${together}(${wider && name in wider.sums ? name : each}) AS ${name}`),
	];
	const rows = wider ? `${wider.name} WHERE ${inPeriod}` : rowsOf(rollup);
	// One thread: nobody waits for it, and others want theirs.
	return `INSERT INTO ${rollup.name} (${columns.join(", ")}) SELECT ${selected.join(", ")} FROM ${rows} GROUP BY ${["at", ...keys].join(", ")} SETTINGS max_threads = 1`;
}

/**
 * Numbers in the bits that they take, then ZSTD: a sixth less than with LZ4, and unpacked as fast. What takes more bits than it has
 * information, a sum of doubles, is a little more than half as large.
 */
const packed = "T64, ZSTD(1)";
const codecs: Readonly<Record<string, string>> = {
	Int64: packed,
	UInt64: packed,
	UInt32: packed,
	"Array(UInt32)": packed,
	"DateTime64(3, 'UTC')": packed,
	"DateTime('UTC')": "DoubleDelta, LZ4",
	Float64: "ZSTD(1)",
};

function createTable(rollup: Rollup, recipe: string): string {
	const columns = [
		"time DateTime('UTC') CODEC(Delta, LZ4)",
		...rollup.keys.map(({ name, type }) => `${name} ${type} CODEC(${name === "session_id" ? "ZSTD(1)" : "LZ4"})`),
		...keptIn(rollup).map(([name, { type }]) => `${name} ${type} CODEC(${codecs[type] ?? "LZ4"})`),
	];
	// By week: what came late makes the store rewrite no more than that.
	return `CREATE TABLE ${rollup.name} (${columns.join(", ")}) ENGINE = MergeTree PARTITION BY toMonday(time) ORDER BY (${rollup.orderBy.join(", ")}) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1 COMMENT '${recipe}'`;
}

/** What is older than the records it was made of. */
const expired = ({ madeOf }: Rollup): string =>
	madeOf.map((table) => `time < toDateTime({${table}:UInt32}, 'UTC')`).join(" AND ");

export type RollupTable = {
	readonly name: string;
	readonly create: string;
	/** Puts the rows of some whole hours, `from` to `to`, into it, or of the whole days of UTC that its rows are of. */
	readonly fill: string;
	readonly isDaily: boolean;
	readonly expired: string;
};

/** Stands for all that the tables are made by. Tables of another recipe are made anew. */
export const recipe = createHash("sha256")
	.update(JSON.stringify(allRollups.map(([rollup, wider]) => [createTable(rollup, ""), fillTable(rollup, wider)])))
	.digest("hex")
	.slice(0, 16);

export const rollupTables: readonly RollupTable[] = Object.freeze(
	allRollups.map(([rollup, wider]) => ({
		name: rollup.name,
		create: createTable(rollup, recipe),
		fill: fillTable(rollup, wider),
		isDaily: rollup.isDaily === true,
		expired: expired(rollup),
	})),
);
