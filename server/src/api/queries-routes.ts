import { notesOf } from "../queries/data-quality-notes.ts";
import { namedQueries } from "../queries/named/index.ts";
import { type Column, compileNamed, filtersOfQuery, lookbackMs, type NamedQuery } from "../semantic/named-query.ts";
import { type FreshnessOf, split } from "../semantic/rollup-freshness.ts";
import type { Store } from "../store/store.ts";
import { toCsv } from "./csv.ts";
import { problem } from "./problem.ts";
import { listOf, type Parameter, type Route, textOf } from "./route.ts";
import { isoTime, periodOf } from "./time-parameter.ts";
import { filtersOf, zoneOf } from "./usage-route.ts";

const maxRows = 100_000;
const text = { type: "string" };

/** The list, one route a question, and what is said to whoever asks for another. */
export const queriesRoutes = (store: Store, freshnessOf: FreshnessOf): Route[] => [
	listRoute,
	...namedQueries.map((query) => queryRoute(store, freshnessOf, query)),
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

/** What the API tells of a question. */
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

const listRoute: Route = {
	method: "GET",
	path: "/api/v1/queries",
	summary: "Named queries with their columns and parameters",
	handle: () => ({ queries: namedQueries.map(described) }),
};

const queryRoute = (store: Store, freshnessOf: FreshnessOf, query: NamedQuery): Route => ({
	method: "GET",
	path: `/api/v1/queries/${query.name}`,
	summary: query.question,
	parameters: parametersOf(query),
	example: exampleOf(query),
	handle: async (asked, _request, reply) => {
		const { fromMs, toMs } = periodOf(asked, query.since);
		const tz = zoneOf(asked);
		const limit = Number(textOf(asked, "limit") ?? 1000);
		const own = Object.keys(query.parameters ?? {}).flatMap((name) => {
			const value = textOf(asked, name);
			return value === undefined ? [] : [[name, Number(value)] as const];
		});
		const where = filtersOf(listOf(asked, "where"));
		const exactly = { fromMs, toMs, tz, where, limit, parameters: Object.fromEntries(own) };
		const freshness = await freshnessOf({ fromMs: fromMs - lookbackMs(query, toMs - fromMs), toMs });
		const { sql, parameters, measures } = compileNamed(query, exactly, freshness);
		const usage = { measures, by: [], grain: "none", tz, where, order: [], limit } as const;
		const times = { from: String(parameters["from"]), to: String(parameters["to"]) };
		const [rows, quirks] =
			fromMs < toMs
				? await Promise.all([
						store.rows<Record<string, unknown>>(sql, parameters),
						notesOf(store, usage, times, split(freshness)),
					])
				: [[], []];
		if (textOf(asked, "format") === "csv") {
			const columns = Object.keys(query.columns);
			return reply.type("text/csv; charset=utf-8").header("Content-Disposition", "attachment").send(toCsv(columns, rows));
		}
		const notes = [...(query.notes ?? []), ...quirks, ...(rows.length === limit ? [`These are the first ${limit} rows.`] : [])];
		const period = { from: isoTime(fromMs), to: isoTime(toMs) };
		return { rows, meta: { ...period, tz, sentence: query.question, columns: columnsOf(query), notes } };
	},
});

const unknownRoute: Route = {
	method: "GET",
	path: "/api/v1/queries/{name}",
	summary: "Unknown names are 404; the response lists the known ones",
	parameters: {
		name: { description: "Query name", schema: text },
		...Object.assign({}, ...namedQueries.map(parametersOf)),
	},
	handle: (asked, _request, reply) => {
		const names = namedQueries.map(({ name }) => name).join(", ");
		return problem(reply, 404, `there is no question "${(textOf(asked, "name") ?? "").slice(0, 60)}". Known: ${names}`);
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
