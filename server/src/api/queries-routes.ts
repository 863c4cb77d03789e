import { NotFoundError } from "../errors.ts";
import type { Answers } from "../queries/answers.ts";
import { namedQueries } from "../queries/named/index.ts";
import { type Column, filtersOfQuery, type NamedQuery } from "../semantic/named-query.ts";
import { unknownName } from "../unknown-name.ts";
import { toCsv } from "./csv.ts";
import { type ActionRoute, listOf, type Parameter, type QuestionRoute, type Route, textOf } from "./route.ts";
import { isoTime, periodOf } from "./time-parameter.ts";
import { filtersOf, zoneOf } from "./usage-route.ts";

const maxRows = 100_000;
const text = { type: "string" };

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
	parameters: Object.entries(parametersOf(query)).map(([name, { description, schema }]) => ({
		name,
		brief: description,
		...schema,
	})),
	dimensions: filtersOfQuery(query),
});

function parametersOf(query: NamedQuery): Record<string, Parameter> {
	const own = Object.entries(query.parameters ?? {}).map(([name, { brief, ...schema }]): [string, Parameter] => [
		name,
		{ description: brief, schema: { type: "integer", ...schema } },
	]);
	return {
		from: { description: "ISO 8601 or relative (-24h, -7d, now)", schema: { ...text, default: query.since } },
		to: { description: "Exclusive", schema: { ...text, default: "now" } },
		tz: { description: "IANA time zone in which days begin", schema: { ...text, default: "UTC" } },
		where: {
			description: `dimension:value, or dimension!:value to exclude. The same dimension again: or; another: and. Dimensions: ${filtersOfQuery(query).join(", ")}`,
			schema: { type: "array", items: text },
		},
		...Object.fromEntries(own),
		limit: {
			description: `Maximum rows, up to ${maxRows}`,
			schema: { type: "integer", minimum: 1, maximum: maxRows, default: 1000 },
		},
		format: { description: "json or csv", schema: { ...text, enum: ["json", "csv"], default: "json" } },
	};
}

const listRoute: ActionRoute = {
	method: "GET",
	path: "/api/v1/queries",
	summary: "Named queries with their columns and parameters",
	handle: () => ({ queries: namedQueries.map(described) }),
};

const queryRoute = (answers: Answers, query: NamedQuery): QuestionRoute => ({
	method: "GET",
	path: `/api/v1/queries/${query.name}`,
	summary: query.question,
	parameters: parametersOf(query),
	example: exampleOf(query),
	answer: async (asked, nowMs) => {
		const { fromMs, toMs } = periodOf(asked, query.since, nowMs);
		const tz = zoneOf(asked);
		const limit = Number(textOf(asked, "limit") ?? 1000);
		const own = Object.keys(query.parameters ?? {}).flatMap((name) => {
			const value = textOf(asked, name);
			return value === undefined ? [] : [[name, Number(value)] as const];
		});
		const where = filtersOf(listOf(asked, "where"));
		const request = { fromMs, toMs, tz, where, limit, parameters: Object.fromEntries(own) };
		const { rows, notes: quirks } = await answers.named(query, request);
		const notes = [...(query.notes ?? []), ...quirks, ...(rows.length === limit ? [`These are the first ${limit} rows.`] : [])];
		const period = { from: isoTime(fromMs), to: isoTime(toMs) };
		return {
			body: { rows, meta: { ...period, tz, sentence: query.question, columns: columnsOf(query), notes } },
			csv: () => toCsv(Object.keys(query.columns), rows),
		};
	},
});

const unknownRoute: ActionRoute = {
	method: "GET",
	path: "/api/v1/queries/{name}",
	summary: "Unknown names are 404; the response lists the known ones",
	parameters: {
		name: { description: "Query name", schema: text },
		...Object.assign({}, ...namedQueries.map(parametersOf)),
	},
	handle: (asked) => {
		throw new NotFoundError(
			unknownName(
				"named query",
				textOf(asked, "name") ?? "",
				namedQueries.map(({ name }) => name),
			),
		);
	},
};

const examples: Readonly<Record<Column["type"], unknown>> = {
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
