import { Type } from "typebox";
import { instant, notes, nullable, type Of, oneOf, record } from "./schema.ts";

const columns = Type.Array(
	Type.Object({
		name: Type.String(),
		type: oneOf(["text", "time", "date", "integer", "number"]),
		nullable: Type.Boolean(),
		unit: Type.Optional(Type.String()),
		brief: Type.String(),
	}),
);

const namedQuery = Type.Object({
	name: Type.String(),
	sentence: Type.String({ description: "The question that it answers" }),
	notes: Type.Array(Type.String()),
	columns,
	parameters: Type.Array(
		Type.Object({
			name: Type.String(),
			brief: Type.String(),
			type: Type.String(),
			default: Type.Optional(nullable(Type.Union([Type.String(), Type.Number()]))),
			minimum: Type.Optional(Type.Number()),
			maximum: Type.Optional(Type.Number()),
			enum: Type.Optional(Type.Array(Type.String())),
			items: Type.Optional(Type.Unsafe<object>({ type: "object", description: "The schema of a list's items" })),
		}),
	),
	dimensions: Type.Array(Type.String(), { description: "What the query can be filtered by" }),
});
/** A named query, as the API lists it. */
export type NamedQueryDescription = Of<typeof namedQuery>;

export const namedQueriesResponse = Type.Object({ queries: Type.Array(namedQuery) });
/** All named queries. */
export type NamedQueries = Of<typeof namedQueriesResponse>;

export const namedQueryResponse = Type.Object({
	rows: Type.Array(record(nullable(Type.Union([Type.String(), Type.Number()])))),
	meta: Type.Object({
		from: instant(),
		to: instant(),
		tz: Type.String(),
		sentence: Type.String({ description: "The question that the query answers" }),
		columns,
		notes,
	}),
});
/** The answer of a named query. */
export type NamedQueryAnswer = Of<typeof namedQueryResponse>;
