import { createHash } from "node:crypto";
import { isCovered } from "../semantic/counter-precedence.ts";
import { inPeriod, type ScanOptions, selectFrom } from "../semantic/dataset.ts";
import type { Rollup } from "../semantic/rollup.ts";
import { allRollups, rollups } from "../semantic/rollups/index.ts";
import { as, column, identifier, identifiers, join, literal, parameter, type Sql, sql, typeName } from "../sql.ts";

/** The hours whose rollups do not hold, or once did not: the last row of an hour says. */
export const staleHoursTable = sql`CREATE TABLE IF NOT EXISTS stale_hours (hour DateTime('UTC'), is_stale UInt8, at UInt64) ENGINE = ReplacingMergeTree(at) ORDER BY hour SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`;

/** Rows as they are in the table: by their own name of the person, which may later stand for another. */
const asStored: ScanOptions = { when: inPeriod, person: column("person") };

const rowsOf = (rollup: Rollup): Sql =>
	rollup === rollups.increments
		? sql`(SELECT *, ${isCovered} AS is_covered FROM ${selectFrom("increments", undefined, asStored)})`
		: rollup.rows(asStored);

const keptIn = ({ sums }: Rollup) => Object.entries(sums).filter(([, { finalize }]) => finalize === undefined);

/**
 * Compiles the INSERT of whole hours, `from` to `to`, into a rollup that has none of them; from a wider rollup, if there is
 * one.
 */
function fillTable(rollup: Rollup, wider: Rollup | undefined): Sql {
	const keys = rollup.keys.map(({ name }) => name);
	const sums = keptIn(rollup);
	const columns = ["time", ...keys, ...sums.map(([name]) => name)];
	const quarter = sql`toStartOfFifteenMinutes(toDateTime(time, 'UTC'))`;
	const begin = rollup.isDaily ? sql`toStartOfDay(time)` : wider ? sql`time` : quarter;
	const selected = [
		sql`${begin} AS at`,
		...rollup.keys.map(({ name, sql: own }) => (own ? as(own, name) : identifier(name))),
		...sums.map(([name, { rowExpression, merge }]) => {
			const value = wider && Object.hasOwn(wider.sums, name) ? identifier(name) : rowExpression;
			return as(sql`${identifier(merge)}(${value})`, name);
		}),
	];
	const rows = wider ? sql`${identifier(wider.name)} WHERE ${inPeriod}` : rowsOf(rollup);
	// One thread: no caller waits for it, and queries need the others.
	return sql`INSERT INTO ${identifier(rollup.name)} (${identifiers(columns)}) SELECT ${join(selected)} FROM ${rows} GROUP BY ${identifiers(["at", ...keys])} SETTINGS max_threads = 1`;
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
	Int128: "ZSTD(1)",
};

const defined = (name: string, type: string, codec: string): Sql =>
	sql`${identifier(name)} ${typeName(type)} CODEC(${typeName(codec)})`;

function createTable(rollup: Rollup, definitionHash: string): Sql {
	const columns = [
		sql`time DateTime('UTC') CODEC(Delta, LZ4)`,
		...rollup.keys.map(({ name, type }) => defined(name, type, name === "session_id" ? "ZSTD(1)" : "LZ4")),
		...keptIn(rollup).map(([name, { type }]) => defined(name, type, codecs[type] ?? "LZ4")),
	];
	// By week: what came late makes the store rewrite no more than that.
	return sql`CREATE TABLE ${identifier(rollup.name)} (${join(columns)}) ENGINE = MergeTree PARTITION BY toMonday(time) ORDER BY (${identifiers(rollup.orderBy)}) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1 COMMENT ${literal(definitionHash)}`;
}

/** The condition for rows older than the records they were derived from. */
const expired = ({ sourceTables }: Rollup): Sql =>
	join(
		sourceTables.map((table) => sql`time < toDateTime(${parameter(table, "UInt32")}, 'UTC')`),
		" AND ",
	);

export type RollupTable = {
	readonly name: string;
	readonly create: Sql;
	/** Puts the rows of some whole hours, `from` to `to`, into it, or of the whole days of UTC that its rows are of. */
	readonly fill: Sql;
	readonly isDaily: boolean;
	readonly expired: Sql;
};

/** A hash of the tables' definitions. Tables with another hash are rebuilt. */
export const definitionHash = createHash("sha256")
	.update(JSON.stringify(allRollups.map(([rollup, wider]) => [createTable(rollup, ""), fillTable(rollup, wider)])))
	.digest("hex")
	.slice(0, 16);

export const rollupTables: readonly RollupTable[] = Object.freeze(
	allRollups.map(([rollup, wider]) => ({
		name: rollup.name,
		create: createTable(rollup, definitionHash),
		fill: fillTable(rollup, wider),
		isDaily: rollup.isDaily === true,
		expired: expired(rollup),
	})),
);
