import { UsageError } from "../errors.ts";
import { personName } from "../schema/people-tables.ts";
import { type TableDefinition, type TableName, tables } from "../schema/tables.ts";
import { as, bind, identifier, join, type Sql, sql } from "../sql.ts";
import { type Store, TooLargeError } from "../store/store.ts";
import {
	doubleText,
	isoTime,
	noTypes,
	plainAttributes,
	plainResource,
	type Row,
	sentAttributes,
	unsigned,
	valueFrom,
} from "./record-value.ts";

/** Filters of a list of records: each is a column expression, or words. */
export type RecordFilters = Readonly<Partial<Record<FilterName, string>>>;
export type FilterName = "event" | "metric" | "name" | "trace" | "session" | "prompt" | "person" | "tool" | "q";

type ListDefinition = { readonly table: TableName; readonly filters: Readonly<Partial<Record<FilterName, Sql>>> };

const common = { session: sql`session_id`, person: personName };
const tool = sql`toString(tool_name)`;

export const lists: Readonly<Record<TableName, ListDefinition>> = Object.freeze({
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
	const cursor = question.cursor === undefined ? undefined : parseCursor(question.cursor);
	const where = conditionOf(question, cursor);
	const skip = cursor?.skip ?? 0;
	const name = identifier(table.name);
	// First which records, by their times alone, then these whole.
	const oldest = sql`SELECT min(time) FROM (SELECT time FROM ${name} WHERE ${where} ORDER BY time DESC LIMIT ${question.limit + skip})`;
	const all = sql`SELECT ${selection(table)} FROM ${name} WHERE ${where} AND time >= (${oldest}) ORDER BY ${name}.time DESC, ${contentOf(table)}`;
	const { rows, limit } = await fewEnough(question.limit, (limit, settings) =>
		store.rows<Row>(sql`${all} LIMIT ${limit} OFFSET ${skip}`, {}, true, settings),
	);
	return { rows: rows.map(present[question.table]), nextCursor: nextCursor(rows, limit, cursor) };
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

function conditionOf({ table, fromMs, toMs, receivedFromMs, filters }: RecordsQuestion, cursor: Cursor | undefined): Sql {
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
	return join(
		table.columns.map(({ name, type }) => {
			if (name === "attributes") return sql`mapKeys(attributes) AS attribute_keys, mapValues(attributes) AS attribute_values`;
			const own = ofTable(table, name);
			return as(type.startsWith("DateTime64(9") ? sql`toUnixTimestamp64Nano(${own})` : own, name);
		}),
	);
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

type Cursor = { readonly time: string; readonly skip: number };

function parseCursor(text: string): Cursor {
	const match = /^(\d{1,19})\.(\d{1,9})$/.exec(Buffer.from(text, "base64url").toString());
	if (!match || BigInt(match[1]!) > maxInt64) throw new UsageError("cannot continue: this is no cursor of an earlier answer");
	return { time: match[1]!, skip: Number(match[2]) };
}

function nextCursor(rows: readonly Row[], limit: number, cursor: Cursor | undefined): string | null {
	const last = rows.at(-1)?.["time"];
	if (rows.length < limit || last === undefined) return null;
	const same = rows.filter((row) => row["time"] === last).length;
	const skip = same + (cursor?.time === last ? cursor!.skip : 0);
	return Buffer.from(`${last}.${skip}`).toString("base64url");
}

const count = (row: Row, name: string): Record<string, number> => (Number(row[name]) > 0 ? { [name]: Number(row[name]) } : {});
const text = (row: Row, name: string): string => String(row[name] ?? "");

/** Members that all records have. */
function shared(table: TableName, row: Row) {
	const { attributes, types, body } = sentAttributes(table, row);
	const scope = text(row, "scope") === "" ? {} : (JSON.parse(text(row, "scope")) as Record<string, unknown>);
	return {
		session_id: text(row, "session_id"),
		attributes,
		types,
		resource: plainResource(text(row, "resource")),
		scope: {
			...scope,
			...(scope["attributes"] !== undefined && { attributes: plainResource(JSON.stringify(scope["attributes"])) }),
		},
		received_at: `${text(row, "received_at").replace(" ", "T")}Z`,
		...(text(row, "time_sent") !== "0" && { time_sent: unsigned(row["time_sent"]) }),
		...count(row, "dropped_attributes_count"),
		...count(row, "flags"),
		body,
	};
}

function presentEvent(row: Row): Record<string, unknown> {
	const { body, ...rest } = shared("events", row);
	const offset = BigInt(text(row, "observed_offset"));
	return {
		time: isoTime(text(row, "time")),
		event: text(row, "event"),
		...rest,
		...(body && { body: body.value, ...(body.kind !== "string" && { body_type: body.kind }) }),
		trace_id: text(row, "trace_id"),
		span_id: text(row, "span_id"),
		...(offset !== 0n && { observed_time: isoTime(unsigned(BigInt(text(row, "time")) + offset)) }),
		...(text(row, "severity_text") !== "" && { severity_text: text(row, "severity_text") }),
		...count(row, "severity_number"),
		...(text(row, "event_name_field") !== "" && { event_name: text(row, "event_name_field") }),
	};
}

function presentPoint(row: Row): Record<string, unknown> {
	const { body: _, ...rest } = shared("points", row);
	const kind = text(row, "value_kind");
	const detail = text(row, "detail");
	return {
		time: isoTime(text(row, "time")),
		start_time: text(row, "start_time") === "0" ? null : isoTime(unsigned(row["start_time"])),
		metric: text(row, "metric"),
		value:
			kind === "int"
				? safe(text(row, "value_int"))
				: kind === "none"
					? null
					: valueFrom("d", doubleText(row["value"]), "", noTypes()),
		value_type: kind,
		unit: text(row, "unit"),
		description: text(row, "description"),
		instrument: text(row, "instrument"),
		temporality: text(row, "temporality"),
		monotonic: text(row, "monotonic") === "true",
		...rest,
		...(kind === "histogram" && { count: safe(text(row, "count")) }),
		...(detail !== "" && { detail: JSON.parse(detail) as unknown }),
	};
}

type OtlpEvent = { timeUnixNano?: string; name?: string; attributes?: Parameters<typeof plainAttributes>[0] };

function presentSpan(row: Row): Record<string, unknown> {
	const { body: _, ...rest } = shared("spans", row);
	const start = text(row, "time");
	const list = (name: string) => (text(row, name) === "" ? [] : (JSON.parse(text(row, name)) as OtlpEvent[]));
	const unfold = ({ timeUnixNano, attributes = [], ...other }: OtlpEvent) => {
		const types = noTypes();
		return {
			...(timeUnixNano && { time: isoTime(timeUnixNano) }),
			...other,
			attributes: plainAttributes(attributes, types),
			types,
		};
	};
	return {
		time: isoTime(start),
		end_time: isoTime(unsigned(BigInt(start) + BigInt(text(row, "duration_ns")))),
		duration_ms: Number(text(row, "duration_ns")) / 1e6,
		name: text(row, "name"),
		trace_id: text(row, "trace_id"),
		span_id: text(row, "span_id"),
		parent_span_id: text(row, "parent_span_id"),
		kind: Number(row["kind"]),
		status: { code: Number(row["status_code_otlp"]), message: text(row, "status_message") },
		...rest,
		events: list("events").map(unfold),
		links: list("links").map(unfold),
		...(text(row, "trace_state") !== "" && { trace_state: text(row, "trace_state") }),
		...count(row, "dropped_events_count"),
		...count(row, "dropped_links_count"),
	};
}

const safe = (integer: string): number | string => (Number.isSafeInteger(Number(integer)) ? Number(integer) : integer);

const present: Readonly<Record<TableName, (row: Row) => Record<string, unknown>>> = {
	events: presentEvent,
	points: presentPoint,
	spans: presentSpan,
};
