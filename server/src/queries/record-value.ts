import { inBody, inMap, isBody, isTime, type Kind, kindNames, parseShape, type ShapeEntry } from "../normalize/shape.ts";
import { type ColumnDefinition, type TableDefinition, type TableName, tables } from "../schema/tables.ts";

/** Kinds of values that JSON cannot express, by path: `{"cost_usd": "double", "tags[0]": "int"}`. */
export type Types = Record<string, string>;
export type Row = Readonly<Record<string, unknown>>;

const shapes = new Map<string, readonly ShapeEntry[]>();

/** Shapes are few; parsing each once is enough. */
function shapeOf(text: string): readonly ShapeEntry[] {
	let shape = shapes.get(text);
	if (!shape) {
		if (shapes.size > 10_000) shapes.clear();
		shape = parseShape(text);
		shapes.set(text, shape);
	}
	return shape;
}

const columnsByKey: Readonly<Record<TableName, ReadonlyMap<string, ColumnDefinition>>> = Object.freeze(
	Object.fromEntries(Object.values(tables).map((table) => [table.name, byKey(table)])),
) as Readonly<Record<TableName, ReadonlyMap<string, ColumnDefinition>>>;

function byKey(table: TableDefinition): ReadonlyMap<string, ColumnDefinition> {
	return new Map(table.columns.flatMap((column) => (column.attribute ? [[column.attribute.key, column]] : [])));
}

export type SentAttributes = {
	readonly attributes: Record<string, unknown>;
	readonly types: Types;
	/** The body of a log record. */
	readonly body: { readonly value: unknown; readonly kind: string } | undefined;
};

/**
 * A record's attributes as they were sent: names, order, values and kinds. `row` has the table's columns with 64-bit integers
 * as text, the map as `attribute_keys` and `attribute_values`, and `time` as nanoseconds.
 */
export function sentAttributes(table: TableName, row: Row): SentAttributes {
	const sent = new Map<string, { readonly kind: Kind; readonly text: string }>();
	const keys = row["attribute_keys"] as string[];
	const values = row["attribute_values"] as string[];
	let next = 0;
	let body: SentAttributes["body"];
	for (const { place, kind } of shapeOf(String(row["shape"] ?? ""))) {
		if (place === inMap) {
			sent.set(keys[next]!, { kind, text: values[next]! });
			next++;
		} else if (place === isTime) sent.set("event.timestamp", { kind, text: isoTime(sentTime(row), true) });
		else if (place === isBody) body = { value: `claude_code.${row["event"]}`, kind: "string" };
		else if (place === inBody) body = { value: valueFrom(kind, String(row["body"]), "body", noTypes()), kind: kindNames[kind] };
		else {
			const column = columnsByKey[table].get(place);
			if (column) sent.set(place, { kind, text: columnText(column, row[column.name]) });
		}
	}
	const types = noTypes();
	const attributes = Object.fromEntries([...sent].map(([key, { kind, text }]) => [key, valueFrom(kind, text, key, types)]));
	return { attributes, types, body };
}

/** Any path may be a key of it, `__proto__` as well. */
export const noTypes = (): Types => Object.create(null) as Types;

/** The time as sent: `time_sent` keeps it where the row could not be dated by it. */
const sentTime = (row: Row): string =>
	String(row["time_sent"] ?? "0") === "0" ? String(row["time"]) : unsigned(row["time_sent"]);

/** A 64-bit time of the wire that lies in an Int64 column. */
export const unsigned = (integer: unknown): string => String(BigInt.asUintN(64, BigInt(String(integer))));

/** A column's value as the text that was or could have been sent. */
function columnText(column: ColumnDefinition, value: unknown): string {
	if (column.type !== "Float64") return String(value);
	return doubleText(value);
}

/** A double as the engine answers it: what JSON has no number for is quoted. */
export function doubleText(value: unknown): string {
	if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
	return { nan: "NaN", "-nan": "NaN", inf: "Infinity", "-inf": "-Infinity" }[String(value)] ?? String(value);
}

/** Restores a value from its text. Kinds that JSON cannot express are noted under the value's path. */
export function valueFrom(kind: Kind, text: string, path: string, types: Types): unknown {
	if (kind !== "s" && kind !== "b") types[path] = kindNames[kind];
	switch (kind) {
		case "b":
			return text === "true";
		case "i":
			return integer(text);
		case "d": {
			const number = Number(text);
			return Number.isFinite(number) && !Object.is(number, -0) ? number : text;
		}
		case "a":
		case "m":
			return nested(JSON.parse(text), path, types);
		case "e":
			return null;
		default:
			return text;
	}
}

const integer = (text: string): number | string => {
	const number = Number(text);
	return Number.isSafeInteger(number) ? number : text;
};

type AnyValue = {
	stringValue?: string;
	boolValue?: boolean;
	intValue?: string;
	doubleValue?: number | string;
	arrayValue?: { values?: AnyValue[] };
	kvlistValue?: { values?: { key?: string; value?: AnyValue }[] };
	bytesValue?: string;
};

/** An OTLP/JSON AnyValue as plain JSON. */
function plain(value: AnyValue, path: string, types: Types): unknown {
	if (value.stringValue !== undefined) return value.stringValue;
	if (value.boolValue !== undefined) return value.boolValue;
	if (value.intValue !== undefined) return valueFrom("i", value.intValue, path, types);
	if (value.doubleValue !== undefined) return valueFrom("d", String(value.doubleValue), path, types);
	if (value.bytesValue !== undefined) return valueFrom("y", value.bytesValue, path, types);
	if (value.arrayValue !== undefined) {
		types[path] = "array";
		return nested(value.arrayValue, path, types);
	}
	if (value.kvlistValue !== undefined) {
		types[path] = "map";
		return nested(value.kvlistValue, path, types);
	}
	types[path] = "empty";
	return null;
}

/** An array's or map's values. */
function nested(
	{ values = [] }: { values?: (AnyValue | { key?: string; value?: AnyValue })[] },
	path: string,
	types: Types,
): unknown {
	if (types[path] === "map") {
		return plainAttributes(values as { key?: string; value?: AnyValue }[], types, `${path}.`);
	}
	return (values as AnyValue[]).map((value, i) => plain(value, `${path}[${i}]`, types));
}

/** A list of OTLP/JSON KeyValues as an object. */
export function plainAttributes(
	list: readonly { key?: string; value?: AnyValue }[],
	types: Types = noTypes(),
	prefix = "",
): Record<string, unknown> {
	const latest = new Map(list.map(({ key = "", value = {} }) => [key, value]));
	return Object.fromEntries([...latest].map(([key, value]) => [key, plain(value, `${prefix}${key}`, types)]));
}

/** The column `resource`, or a scope's attributes: text is plain there already, other kinds are AnyValues. */
export function plainResource(text: string): Record<string, unknown> {
	if (text === "") return {};
	const stored = JSON.parse(text) as Record<string, unknown>;
	return Object.fromEntries(
		Object.entries(stored).map(([key, value]) => [
			key,
			typeof value === "string" ? value : plain(value as AnyValue, key, noTypes()),
		]),
	);
}

/** Nanoseconds as ISO 8601 in UTC: milliseconds, or all nine digits where there are more. */
export function isoTime(nanoseconds: string, milliseconds = false): string {
	const ns = BigInt(nanoseconds);
	const ms = ns / 1_000_000n;
	const iso = new Date(Number(ms)).toISOString();
	const rest = ns % 1_000_000n;
	return milliseconds || rest === 0n ? iso : `${iso.slice(0, -1)}${String(rest).padStart(6, "0")}Z`;
}
