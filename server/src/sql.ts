/**
 * SQL as values. Text that Purser wrote is in `sql` templates; every other part must be another piece of SQL, a number, an
 * identifier, a literal or a bound value. A string in a template is a type error, and throws. The store takes nothing but these
 * values, so no text of a client can become SQL.
 */

/** Values that can be bound: the client formats them as the engine parses the parameter's type. */
export type Value = string | number | boolean | readonly string[];

/** A bound value, or the place of one that is given by name when the statement is run. */
type Parameter = { readonly type: string; readonly value: Value } | { readonly type: string; readonly name: string };
type Part = string | Parameter;

class Statement {
	readonly #parts: readonly Part[];
	/** The columns of the rows it is about that it reads, as far as they were named with `column`. */
	readonly columns: ReadonlySet<string>;

	constructor(parts: readonly Part[], columns: ReadonlySet<string>) {
		this.#parts = parts;
		this.columns = columns;
	}

	get parts(): readonly Part[] {
		return this.#parts;
	}

	get isEmpty(): boolean {
		return this.#parts.every((part) => part === "");
	}

	/** The text as the engine gets it. The same SQL always has the same text. */
	toString(): string {
		return render(this, undefined).query;
	}

	toJSON(): string {
		return this.toString();
	}
}

/** A piece of SQL, made by the functions of this file and by nothing else. */
export type Sql = Statement;

const noColumns: ReadonlySet<string> = new Set();
const ofText = (text: string): Sql => new Statement([text], noColumns);

/** A piece of SQL from a template, for pieces, and for finite numbers, which stand as they are. */
export function sql(strings: TemplateStringsArray, ...values: readonly (Sql | number)[]): Sql {
	if (!Array.isArray(strings.raw)) throw new TypeError("sql is a template's tag, not a function of text");
	// One that stands in the text would be known to the engine, and to nothing here: it would get a value of another question's.
	if (strings.some((text) => /\{\w+:/.test(text)))
		throw new TypeError("write parameters with bind or parameter, not in the text");
	const parts: Part[] = [strings[0]!];
	const columns = new Set<string>();
	for (const [i, value] of values.entries()) {
		append(parts, columns, typeof value === "number" ? ofText(numeral(value)) : value);
		append(parts, columns, ofText(strings[i + 1]!));
	}
	return new Statement(parts, columns);
}

function append(parts: Part[], columns: Set<string>, piece: Sql): void {
	if (!(piece instanceof Statement)) throw new TypeError(`cannot use a ${typeof piece} as SQL: name it, quote it or bind it`);
	for (const part of piece.parts) {
		const last = parts.length - 1;
		if (typeof part === "string" && typeof parts[last] === "string") parts[last] += part;
		else parts.push(part);
	}
	for (const name of piece.columns) columns.add(name);
}

function numeral(value: number): string {
	if (!Number.isFinite(value)) throw new RangeError(`cannot write ${value} as SQL`);
	return String(value);
}

type Separator = ", " | ",\n\t" | " " | "" | " AND " | " OR " | " + " | " UNION ALL " | "\nUNION ALL\n";

/** Pieces one after the other; nothing where there are none. */
export function join(pieces: readonly Sql[], separator: Separator = ", "): Sql {
	const parts: Part[] = [""];
	const columns = new Set<string>();
	const between = ofText(separator);
	for (const [i, piece] of pieces.entries()) {
		if (i > 0) append(parts, columns, between);
		append(parts, columns, piece);
	}
	return new Statement(parts, columns);
}

/** The one place where names are quoted. What a sender or a reader chose is bound, never an identifier: so most texts are none. */
export function identifier(name: string): Sql {
	if (!/^[A-Za-z_][\w-]{0,127}$/.test(name))
		throw new TypeError(`cannot use ${JSON.stringify(name.slice(0, 80))} as an identifier`);
	return ofText(`\`${name}\``);
}

/** An identifier that the piece remembers as a column it reads. */
export const column = (name: string): Sql => new Statement(identifier(name).parts, new Set([name]));

/** Several columns by their names, for expressions that are written out. */
export const columns = <const Name extends string>(...names: readonly Name[]): Readonly<Record<Name, Sql>> =>
	Object.freeze(Object.fromEntries(names.map((name) => [name, column(name)]))) as Readonly<Record<Name, Sql>>;

/** `piece AS name`. */
export const as = (piece: Sql, name: string): Sql => sql`${piece} AS ${identifier(name)}`;

/** A list of identifiers. */
export const identifiers = (names: readonly string[]): Sql => join(names.map(identifier));

/** A text of Purser's own in quotes: for definitions, in which nothing can be bound, and for names of the contract. */
export const literal = (text: string): Sql => ofText(quoted(text));
export const literals = (texts: readonly string[]): Sql => join(texts.map(literal));

const escapes: Readonly<Record<string, string>> = {
	"\\": "\\\\",
	"'": "\\'",
	"\n": "\\n",
	"\r": "\\r",
	"\t": "\\t",
	"\0": "\\0",
};
/** A text as ClickHouse reads it between single quotes. */
export const quoted = (text: string): string => `'${text.replace(/[\\'\n\r\t\0]/g, (character) => escapes[character]!)}'`;

/** A data type, a codec or a table engine's argument, as a definition has it. */
export function typeName(text: string): Sql {
	if (!/^[\w(), '/]+$/.test(text)) throw new TypeError(`cannot use ${JSON.stringify(text)} as a type`);
	return ofText(text);
}

/** A value bound to the piece. Equal values of one type are one parameter. */
export const bind = (value: Value, type = "String"): Sql => new Statement([{ type: checkedType(type), value }], noColumns);

/** The place of a value that is given by name when the statement is run. */
export const parameter = (name: string, type: string): Sql =>
	new Statement([{ type: checkedType(type), name: checkedName(name) }], noColumns);

function checkedType(type: string): string {
	typeName(type);
	return type;
}
function checkedName(name: string): string {
	identifier(name);
	return name;
}

/** Returns the same SQL with other names for some parameters, e.g. to bind `from` twice with different values. */
export function renamed(piece: Sql, names: Readonly<Record<string, string>>): Sql {
	const parts = piece.parts.map((part) =>
		typeof part === "object" && "name" in part && Object.hasOwn(names, part.name)
			? { ...part, name: checkedName(names[part.name]!) }
			: part,
	);
	return new Statement(parts, piece.columns);
}

export type Rendered = { readonly query: string; readonly parameters: Readonly<Record<string, Value>> };

/** The text for the engine, and all that is bound to it. Throws where a parameter was not given, unless none is (`undefined`). */
export function render(piece: Sql, given: Readonly<Record<string, Value>> | undefined): Rendered {
	const parameters: Record<string, Value> = {};
	const known = new Map<string, string>();
	const texts = piece.parts.map((part) => {
		if (typeof part === "string") return part;
		if ("name" in part) {
			if (given && !Object.hasOwn(given, part.name)) throw new TypeError(`the parameter ${part.name} is missing`);
			if (given) parameters[part.name] = given[part.name]!;
			return `{${part.name}:${part.type}}`;
		}
		const key = JSON.stringify([part.type, part.value]);
		const name = known.get(key) ?? `bound_${known.size}`;
		known.set(key, name);
		parameters[name] = part.value;
		return `{${name}:${part.type}}`;
	});
	return { query: texts.join(""), parameters };
}
