import { format, limit, namedQueriesResponse, namedQueryResponse, period, where, zone } from "@purser/api";
import { Type } from "typebox";
import { NotFoundError } from "../errors.ts";
import type { Answers } from "../queries/answers.ts";
import { namedQueries } from "../queries/named/index.ts";
import { type Column, filtersOfQuery, type NamedQuery } from "../semantic/named-query.ts";
import { unknownName } from "../unknown-name.ts";
import { toCsv } from "./csv.ts";
import { type ActionRoute, action, type Query, type QuestionRoute, question, type Route } from "./route.ts";
import { isoTime, periodOf } from "./time-parameter.ts";
import { checkedZone, filtersOf } from "./usage-route.ts";

const maxRows = 100_000;

type Described = { readonly type: string; readonly description: string };

/** The list of named queries, one route for each, and one that answers unknown names. */
export const queriesRoutes = (answers: Answers): Route[] => [
	listRoute,
	...namedQueries.map((query) => queryRoute(answers, query)),
	unknownRoute,
];

const columnsOf = ({ columns }: NamedQuery) =>
	Object.entries(columns).map(([name, { type, nullable = false, unit, brief }]) => ({
		name,
		type,
		nullable,
		...(unit && { unit: unit === "{token}" ? "tokens" : unit }),
		brief,
	}));

/** Describes a named query as the API lists it. */
const described = (query: NamedQuery) => ({
	name: query.name,
	sentence: query.question,
	notes: query.notes ?? [],
	columns: columnsOf(query),
	parameters: Object.entries(parametersOf(query).properties as unknown as Readonly<Record<string, Described>>).map(
		([name, { description, ...schema }]) => ({ name, brief: description, ...schema }),
	),
	dimensions: filtersOfQuery(query),
});

/** Parameters of a named query: those that all have, and its own. */
function parametersOf(query: NamedQuery) {
	const own = Object.entries(query.parameters ?? {}).map(([name, { brief, ...range }]) => [
		name,
		Type.Optional(Type.Integer({ description: brief, ...range })),
	]);
	return Type.Object({
		...period(query.since),
		tz: zone(),
		where: where(
			`dimension:value, or dimension!:value to exclude. The same dimension again: or; another: and. Dimensions: ${filtersOfQuery(query).join(", ")}`,
		),
		...(Object.fromEntries(own) as Record<never, never>),
		limit: limit(`Maximum rows, up to ${maxRows}`, maxRows, 1000),
		format,
	});
}

const listRoute = action({
	method: "GET",
	path: "/api/v1/queries",
	summary: "Named queries with their columns and parameters",
	response: namedQueriesResponse,
	handle: () => ({ queries: namedQueries.map(described) }),
});

const queryRoute = (answers: Answers, query: NamedQuery): QuestionRoute =>
	question({
		path: `/api/v1/queries/${query.name}`,
		summary: query.question,
		parameters: parametersOf(query),
		response: namedQueryResponse,
		example: exampleOf(query),
		answer: async ({ where, limit = 1000, ...asked }, nowMs) => {
			const { fromMs, toMs } = periodOf(asked, query.since, nowMs);
			const tz = checkedZone(asked.tz);
			const own = Object.keys(query.parameters ?? {}).flatMap((name) => {
				const value = (asked as Query)[name];
				return value === undefined ? [] : [[name, value as number] as const];
			});
			const parameters = Object.fromEntries(own);
			const request = { fromMs, toMs, tz, where: filtersOf(where), limit, parameters };
			const { rows, notes: quirks } = await answers.named(query, request);
			const notes = [...(query.notes ?? []), ...quirks, ...(rows.length === limit ? [`These are the first ${limit} rows.`] : [])];
			const period = { from: isoTime(fromMs), to: isoTime(toMs) };
			return {
				body: { rows, meta: { ...period, tz, sentence: query.question, columns: columnsOf(query), notes } },
				csv: () => toCsv(Object.keys(query.columns), rows),
			};
		},
	});

/** It takes every parameter, so that not these but the name is said to be unknown. */
const unknownRoute: ActionRoute = {
	method: "GET",
	path: "/api/v1/queries/{name}",
	summary: "Unknown names are 404; the response lists the known ones",
	parameters: Type.Object({
		...Object.assign({}, ...namedQueries.map((query) => parametersOf(query).properties)),
		name: Type.String({ description: "Query name" }),
	}),
	handle: ({ name }) => {
		throw new NotFoundError(
			unknownName(
				"named query",
				name as string,
				namedQueries.map((query) => query.name),
			),
		);
	},
};

const examples: Readonly<Record<Column["type"], string | number>> = {
	text: "…",
	time: "2026-11-20T14:02:11.208Z",
	date: "2026-11-20",
	integer: 3,
	number: 0.25,
};

const exampleOf = (query: NamedQuery) => ({
	rows: [Object.fromEntries(Object.entries(query.columns).map(([name, { type }]) => [name, examples[type]]))],
	meta: {
		from: "2026-11-01T00:00:00.000Z",
		to: "2026-12-01T00:00:00.000Z",
		tz: "UTC",
		sentence: query.question,
		columns: columnsOf(query),
		notes: query.notes ?? [],
	},
});
