import type { ColumnDefinition, TableDefinition } from "../schema/tables.ts";
import { Column } from "./column.ts";
import { DictionaryColumn } from "./dictionary-column.ts";
import type { Entry } from "./intern-table.ts";
import { type Cuts, maxNameBytes, maxValueBytes } from "./lengths.ts";
import { blockHeader, columnHeader, dictionaryParts, wordsOf } from "./native.ts";
import { fixedPlaces } from "./shape.ts";
import { ShapeTree } from "./shape-tree.ts";

/** Texts that the records of one resource, scope and metric have in common, one for each `group` column. */
export type Group = Readonly<Record<string, Buffer>>;

const hourMs = 3_600_000;

/** Positions to go back to. */
type Mark = { rows: number; readonly positions: Float64Array };

/**
 * The rows of one table collected since it was cleared, column by column. A row is begun, given values in any order, and
 * ended; until it is ended it can be taken back, and a whole request can be taken back to its mark. Rows become one block of
 * ClickHouse's Native format with only the columns that hold anything.
 */
export class TableBuffer {
	readonly definition: TableDefinition;
	readonly columns: readonly (Column | DictionaryColumn)[];
	rows = 0;
	/** The number of values that were longer than the limit. */
	readonly cuts: Cuts = { count: 0 };
	/** Entries of the map `attributes`; `keys.rows` counts them. */
	readonly #keys: Column;
	readonly #values: Column;
	#mapEnds = new Uint32Array(64);
	#rowKeys = { pos: 0, rows: 0 };
	#rowValues = { pos: 0, rows: 0 };

	readonly #time: Column;
	readonly #places: readonly string[];
	/** The row's shape so far. */
	readonly shape: ShapeTree;
	#shapes: Buffer[] = [];
	#shapeOf = new Uint32Array(64);

	#groups: Group[] = [];
	#groupOf = new Uint32Array(64);
	readonly #mark: Mark;
	/** Counts batches, so that dictionary places of an earlier one are not taken for this one's. */
	#batch = 0;

	constructor(definition: TableDefinition) {
		this.definition = definition;
		const special = new Set(["shape", "attributes"]);
		this.columns = definition.columns
			.filter((column) => !column.group && !special.has(column.name))
			.map((column) => {
				const { name, type } = column;
				const limit = { maxBytes: isContent(column) ? maxValueBytes : maxNameBytes, cuts: this.cuts };
				return type === "LowCardinality(String)" ? new DictionaryColumn(name, limit) : new Column(name, type, limit);
			});
		this.#keys = new Column("keys", "String", { maxBytes: maxNameBytes, cuts: this.cuts });
		this.#values = new Column("values", "String", { maxBytes: maxValueBytes, cuts: this.cuts });
		this.#time = this.column("time");
		this.#places = [...fixedPlaces, ...definition.columns.flatMap((column) => (column.attribute ? [column.attribute.key] : []))];
		this.shape = new ShapeTree(this.#places);
		this.#mark = { rows: 0, positions: new Float64Array(this.columns.length * 2 + 4) };
	}

	/** Returns the column of that name for writing. */
	column(name: string): Column {
		const column = this.columns.find((each) => each.name === name);
		if (!(column instanceof Column)) throw new Error(`table ${this.definition.name} has no column ${name}`);
		return column;
	}

	/** Returns a column of few distinct texts for writing. */
	dictionary(name: string): DictionaryColumn {
		const column = this.columns.find((each) => each.name === name);
		if (!(column instanceof DictionaryColumn)) throw new Error(`table ${this.definition.name} has no dictionary ${name}`);
		return column;
	}

	/** Returns the index of an attribute's place in a shape. */
	placeOf(place: string): number {
		const at = this.#places.indexOf(place);
		if (at < 0) throw new Error(`table ${this.definition.name} has no place ${place}`);
		return at;
	}

	beginRow(): void {
		this.shape.begin();
		this.#rowKeys.pos = this.#keys.pos;
		this.#rowKeys.rows = this.#keys.rows;
		this.#rowValues.pos = this.#values.pos;
		this.#rowValues.rows = this.#values.rows;
		if (this.rows >= this.#mapEnds.length) {
			this.#mapEnds = grown(this.#mapEnds);
			this.#shapeOf = grown(this.#shapeOf);
			this.#groupOf = grown(this.#groupOf);
		}
	}

	/** Adds an entry to the row's map. */
	entry(key: DataView, keyStart: number, keyEnd: number, value: DataView, start: number, end: number): void {
		const at = this.#keys.rows;
		this.#keys.text(at, key, keyStart, keyEnd);
		this.#values.text(at, value, start, end);
	}

	endRow(group: Entry<Group>): void {
		const row = this.rows;
		this.#mapEnds[row] = this.#keys.rows;
		if (group.batch !== this.#batch) {
			group.batch = this.#batch;
			this.#groups.push(group.value);
			group.index = this.#groups.length;
		}
		this.#groupOf[row] = group.index;
		const shape = this.shape.entry();
		if (shape.batch !== this.#batch) {
			shape.batch = this.#batch;
			this.#shapes.push(shape.value);
			shape.index = this.#shapes.length;
		}
		this.#shapeOf[row] = shape.index;
		this.rows = row + 1;
	}

	/** Takes back the row that was begun and not ended. */
	undoRow(): void {
		for (const column of this.columns) column.undo(this.rows);
		this.#keys.rewind(this.#rowKeys.pos, this.#rowKeys.rows);
		this.#values.rewind(this.#rowValues.pos, this.#rowValues.rows);
	}

	/** Remembers where a request begins. */
	mark(): void {
		const { positions } = this.#mark;
		this.#mark.rows = this.rows;
		let at = 0;
		for (const column of this.columns) {
			positions[at++] = column.pos;
			positions[at++] = column.rows;
		}
		positions[at++] = this.#keys.pos;
		positions[at++] = this.#keys.rows;
		positions[at++] = this.#values.pos;
		positions[at++] = this.#values.rows;
	}

	/** Takes back all rows since the mark. */
	rewind(): void {
		const { positions, rows } = this.#mark;
		let at = 0;
		for (const column of [...this.columns, this.#keys, this.#values]) {
			column.rewind(positions[at]!, positions[at + 1]!);
			at += 2;
		}
		this.rows = rows;
	}

	/** All rows as one block, in pieces that are only valid until the next row is begun. */
	block(): Uint8Array[] {
		const { rows } = this;
		const body: Uint8Array[] = [];
		let count = 0;
		const add = (name: string, type: string, parts: readonly Uint8Array[]) => {
			body.push(columnHeader(name, type));
			// One by one: a dictionary has two parts a text, and a call takes only so many arguments.
			for (const part of parts) body.push(part);
			count++;
		};
		for (const column of this.columns) if (column.rows > 0) add(column.name, column.type, column.parts(rows));
		const entries = this.#keys.rows;
		if (entries > 0) {
			add("attributes", "Map(String, String)", [
				wordsOf(this.#mapEnds, rows),
				...this.#keys.parts(entries),
				...this.#values.parts(entries),
			]);
		}
		add("shape", "LowCardinality(String)", dictionaryParts(this.#shapes, this.#shapeOf, rows));
		for (const { name, group } of this.definition.columns) {
			if (!group) continue;
			const texts = this.#groups.map((values) => values[name]!);
			if (texts.some((text) => text.length > 0)) {
				add(name, "LowCardinality(String)", dictionaryParts(texts, this.#groupOf, rows));
			}
		}
		return [blockHeader(count, rows), ...body];
	}

	/** The hours of all rows, each by its first millisecond. */
	hours(): number[] {
		const hours = new Set<number>();
		let from = 0;
		// Rows come in the order of time, more or less: most are of the hour of the row before.
		for (let row = 0; row < this.rows; row++) {
			const ms = this.#time.millisecondsAt(row);
			if (ms >= from && ms < from + hourMs) continue;
			from = Math.floor(ms / hourMs) * hourMs;
			hours.add(from);
		}
		return [...hours];
	}

	get isCumulative(): boolean {
		return this.#groups.some((group) => group["temporality"]?.toString() === "cumulative");
	}

	clear(): void {
		for (const column of this.columns) column.clear();
		this.#keys.clear();
		this.#values.clear();
		this.#shapes = [];
		this.#groups = [];
		this.rows = 0;
		this.#batch++;
	}
}

/** Columns with content, in addition to the attributes that the contract marks as content. */
const contents: ReadonlySet<string> = new Set(["body", "status_message", "detail", "events", "links"]);
const isContent = ({ name, attribute }: ColumnDefinition): boolean =>
	attribute ? attribute.privacy === "content" : contents.has(name);

/** The columns that are no dictionaries, by name. */
export const plainColumns = (table: TableBuffer): Readonly<Record<string, Column>> =>
	Object.fromEntries(table.columns.flatMap((column) => (column instanceof Column ? [[column.name, column]] : [])));

function grown(array: Uint32Array): Uint32Array<ArrayBuffer> {
	const larger = new Uint32Array(array.length * 2);
	larger.set(array);
	return larger;
}
