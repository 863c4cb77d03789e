import { UsageError } from "../errors.ts";
import { personName } from "../schema/people-tables.ts";
import { type TableDefinition, type TableName, tables } from "../schema/tables.ts";
import { as, bind, identifier, join, type Sql, sql } from "../sql.ts";
import { type Store, TooLargeError } from "../store/store.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { presentRecord } from "./present-record.ts";
import type { Row } from "./record-value.ts";

/** Filters of a list of records: each is a column expression, or words. */
export type RecordFilters = Readonly<Partial<Record<FilterName, string>>>;
type FilterName = "event" | "metric" | "name" | "trace" | "session" | "prompt" | "person" | "tool" | "q";

type ListDefinition = { readonly table: TableName; readonly filters: Readonly<Partial<Record<FilterName, Sql>>> };

const common = { session: sql`session_id`, person: personName };
const tool = sql`toString(tool_name)`;

const lists: Readonly<Record<TableName, ListDefinition>> = Object.freeze({
	events: {
		table: "events",
		filters: { ...common, event: sql`toString(event)`, prompt: sql`prompt_id`, tool, trace: sql`trace_id` },
	},
	points: { table: "points", filters: { ...common, metric: sql`toString(metric)`, tool } },
	spans: { table: "spans", filters: { ...common, name: sql`toString(name)`, tool, trace: sql`trace_id` } },
});

export type RecordsQuestion = {
	readonly table: TableName;
	readonly fromMs: number | undefined;
	readonly toMs: number | undefined;
	/**
	 * Only records that Purser received since then: for followers of the list, because records come later than their own time.
	 */
	readonly receivedFromMs?: number | undefined;
	readonly filters: RecordFilters;
	readonly limit: number;
	readonly cursor: string | undefined;
};

export type RecordsAnswer = { readonly rows: Record<string, unknown>[]; readonly nextCursor: string | null };

/**
 * Records as they came, newest first. A page's place is the time of its last record and how many of that very time have been
 * given: records of one time are ordered by their content, so the next page begins exactly there.
 */
export async function listRecords(store: Store, question: RecordsQuestion): Promise<RecordsAnswer> {
	const table = tables[question.table];
	const cursor = question.cursor === undefined ? undefined : placeOf(question.cursor, question.table);
	const where = conditionOf(question, cursor);
	const skip = cursor?.skip ?? 0;
	const name = identifier(table.name);
	// First which records, by their times alone, then these whole.
	const oldest = sql`SELECT min(time) FROM (SELECT time FROM ${name} WHERE ${where} ORDER BY time DESC LIMIT ${question.limit + skip})`;
	const all = sql`SELECT ${selection(table)} FROM ${name} WHERE ${where} AND time >= (${oldest}) ORDER BY ${name}.time DESC, ${contentOf(table)}`;
	const { rows, limit } = await fewEnough(question.limit, (limit, settings) =>
		store.rows<Row>(sql`${all} LIMIT ${limit} OFFSET ${skip}`, {}, true, settings),
	);
	return { rows: rows.map(presentRecord[question.table]), nextCursor: nextCursor(question.table, rows, limit, cursor) };
}

/**
 * Returns as many rows as asked for, or fewer where they are large: a page has some megabytes at most, unless a single record
 * has more.
 */
async function fewEnough(
	most: number,
	ask: (limit: number, settings: Readonly<Record<string, string>>) => Promise<Row[]>,
): Promise<{ readonly rows: Row[]; readonly limit: number }> {
	for (let limit = most; ; limit = Math.ceil(limit / 4)) {
		try {
			const settings = limit > 1 ? { max_result_bytes: String(maxPageBytes), result_overflow_mode: "throw" } : {};
			return { rows: await ask(limit, settings), limit };
		} catch (error) {
			if (!(error instanceof TooLargeError)) throw error;
		}
	}
}

function conditionOf({ table, fromMs, toMs, receivedFromMs, filters }: RecordsQuestion, cursor: Place | undefined): Sql {
	const conditions: Sql[] = [sql`1`];
	const milliseconds = (ms: number) => sql`fromUnixTimestamp64Milli(${bind(ms, "Int64")})`;
	if (fromMs !== undefined) conditions.push(sql`time >= ${milliseconds(fromMs)}`);
	if (toMs !== undefined) conditions.push(sql`time < ${milliseconds(toMs)}`);
	if (receivedFromMs !== undefined) conditions.push(sql`received_at >= ${milliseconds(receivedFromMs)}`);
	if (cursor) conditions.push(sql`time <= fromUnixTimestamp64Nano(${bind(cursor.time, "Int64")})`);
	for (const [name, value] of Object.entries(filters) as [FilterName, string][]) {
		if (name === "q") {
			conditions.push(...words(value).map((word) => containing(tables[table], bind(word))));
			continue;
		}
		const own = lists[table].filters[name];
		if (!own) throw new UsageError(`${table} can't be filtered by "${name}"`);
		conditions.push(sql`${own} = ${bind(value)}`);
	}
	return join(conditions, " AND ");
}

/** A column of the table, not what the answer calls by its name. */
const ofTable = (table: TableDefinition, name: string): Sql => sql`${identifier(table.name)}.${identifier(name)}`;

function selection(table: TableDefinition): Sql {
	const columns = table.columns.map(({ name, type }) => {
		if (name === "attributes") return sql`mapKeys(attributes) AS attribute_keys, mapValues(attributes) AS attribute_values`;
		const own = ofTable(table, name);
		return as(type.startsWith("DateTime64(9") ? sql`toUnixTimestamp64Nano(${own})` : own, name);
	});
	return join([...columns, as(personName, "person")]);
}

/** Orders records of one time: by everything that can differ. */
function contentOf(table: TableDefinition): Sql {
	const columns = table.columns
		.filter(({ name }) => name !== "time")
		.map(({ name, type }) =>
			/^(Nullable|Map)/.test(type) ? sql`ifNull(toString(${ofTable(table, name)}), '')` : ofTable(table, name),
		);
	return sql`cityHash64(${join(columns)})`;
}

/** Words are looked for wherever text is: in the body, in columns and in the map. */
function containing(table: TableDefinition, word: Sql): Sql {
	const texts = table.columns.filter(
		({ attribute, name }) => attribute?.type === "string" || name === "body" || name === "name" || name === "metric",
	);
	const inColumns = texts.map(({ name }) => sql`positionCaseInsensitiveUTF8(toString(${identifier(name)}), ${word}) > 0`);
	return sql`(${join(inColumns, " OR ")} OR arrayExists(value -> positionCaseInsensitiveUTF8(value, ${word}) > 0, mapValues(attributes)))`;
}

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean).slice(0, 8);

const maxInt64 = 2n ** 63n - 1n;
const maxPageBytes = 16_000_000;

type Place = { readonly time: string; readonly skip: number };

function placeOf(cursor: string, table: TableName): Place {
	const [time, skip] = readCursor(table, cursor, ["", 0]);
	// It is bound as a number of 64 bits.
	if (!/^\d{1,19}$/.test(time) || BigInt(time) > maxInt64 || !Number.isSafeInteger(skip) || skip < 0)
		throw new UsageError("cannot continue: this cursor was changed");
	return { time, skip };
}

function nextCursor(table: TableName, rows: readonly Row[], limit: number, cursor: Place | undefined): string | null {
	const last = rows.at(-1)?.["time"];
	if (rows.length < limit || last === undefined) return null;
	const same = rows.filter((row) => row["time"] === last).length;
	const skip = same + (cursor?.time === last ? cursor!.skip : 0);
	return writeCursor(table, String(last), skip);
}
