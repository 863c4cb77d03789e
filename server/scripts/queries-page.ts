import { namedQueries } from "../src/queries/named/index.ts";
import { commonDimensions } from "../src/semantic/dimension.ts";
import { type Column, filtersOfQuery, type NamedQuery } from "../src/semantic/named-query.ts";
import { code, page, table, written } from "./markdown.ts";

const units: Readonly<Record<string, string>> = {
	"{token}": "tokens",
	"1": "share",
	d: "days",
	s: "seconds",
	ms: "ms",
	USD: "USD",
};

const kindOf = ({ type, unit, nullable }: Column): string =>
	[unit ? `${type}, ${units[unit] ?? unit}` : type, nullable && "or null"].filter(Boolean).join(" ");

function section(query: NamedQuery): string {
	const { name, question, notes = [], columns, parameters = {}, since } = query;
	const further = filtersOfQuery(query).filter((dimension) => !commonDimensions.includes(dimension) && dimension !== "label.KEY");
	const own = Object.entries(parameters).map(
		([parameter, { brief, default: usual }]) => `- ${code(parameter)}: ${brief}; ${code(String(usual))} by default.`,
	);
	const facts = [
		...own,
		...(since === "-30d" ? [] : [`- ${code("from")} is ${code(since)} by default.`]),
		...(further.length > 0 ? [`- Can be filtered by ${further.map(code).join(", ")} as well.`] : []),
		...notes.map((note) => `- ${note}`),
	];
	return page(
		`## ${name}`,
		question,
		table(
			["Column", "Type", "Meaning"],
			Object.entries(columns).map(([column, it]) => [code(column), kindOf(it), it.brief]),
		),
		...(facts.length > 0 ? [facts.join("\n")] : []),
	).trimEnd();
}

/** Renders docs/queries.md: every named query with its columns. */
export const queriesPage = (): string =>
	page(
		written("server/src/queries/named"),
		"# Named queries",
		"Questions that are not a measure by a dimension. Each is asked with `purser query NAME`, or over [the API](api.md#named-queries):",
		'```sh\nnpx purser query\nnpx purser query active_people --since 90d --tz Europe/Berlin\nnpx purser query cache_economics --where model:claude-opus-5-5 --format csv\ncurl -s "http://127.0.0.1:4319/api/v1/queries/tool_failures?from=-7d"\n```',
		`- Every named query takes ${["from", "to", "tz", "where", "limit", "format"].map(code).join(", ")} as [usage](api.md#usage) does, and can be filtered by ${commonDimensions.map(code).join(", ")} and ${code("label.KEY")}.\n- Days, weeks and hours are those of \`tz\`. Times are ISO 8601 in UTC.\n- A share is of one: 0.25 is a quarter. A text that was not sent is \`""\`.\n- People, sessions and cost are counted by [the rules of accounting](accounting.md).`,
		...namedQueries.map(section),
	);
