import { type TableDefinition, tables } from "../src/schema/tables.ts";
import { code, page, table, written } from "./markdown.ts";

const about: Readonly<Record<string, string>> = {
	events: "One row a log record. Claude Code's events are log records with `event.name`.",
	points:
		"One row a data point. Counters come as delta or cumulative points: see [accounting](accounting.md#r6-counters) before adding them up.",
	spans: "One row a span. Children may arrive before their parents.",
};

function section({ name, columns, computed, orderBy }: TableDefinition): string {
	return page(
		`## ${name}`,
		`${about[name]} Ordered by ${code(String(orderBy))}, one partition a month of ${code("time")}.`,
		table(
			["Column", "Type", "Attribute", "Meaning"],
			columns.map((column) => [
				code(column.name),
				code(column.type),
				column.attribute ? code(column.attribute.key) : "",
				column.brief,
			]),
		),
		"Computed from others:",
		table(
			["Column", "Type", "When", "Meaning"],
			computed.map(({ name, type, when, brief }) => [
				code(name),
				code(type),
				when === "ALIAS" ? "when asked" : "when inserted",
				brief,
			]),
		),
	).trimEnd();
}

/** Renders docs/schema.md: the tables, for users who write SQL. */
export const schemaPage = (): string =>
	page(
		written("server/src/schema/tables.ts"),
		"# Tables and columns",
		"Purser stores records in ClickHouse, embedded or a server of yours, in three tables of one row a record. The\ntables are derived from [the contract](contract.md); a later version adds columns and takes none away without saying so in the\n[changelog](../CHANGELOG.md).",
		"A server started with `--sql 127.0.0.1:8123` answers read-only SQL over ClickHouse's own HTTP interface, which Grafana's\nClickHouse data source and notebooks speak. Where a read key is needed it is the password.",
		"```sh\ncurl -s http://127.0.0.1:8123/ --data-binary \"\n  SELECT model, sum(cost_nano_usd) / 1e9 AS cost_usd, count() AS requests\n  FROM events WHERE event = 'api_request' AND time > now() - INTERVAL 30 DAY\n  GROUP BY model ORDER BY cost_usd DESC FORMAT PrettyCompact\"\n```",
		"- A column is the value as accounting needs it: a number that was sent as text is a number. What a column can't give back\n  exactly is in `attributes` as well, and so is every attribute that has no column: `attributes['my.key']`.\n- Text that was not sent is `''`, a number `0`, a flag `NULL`.\n- `resource` and `scope` are JSON: `JSONExtractString(resource, 'team.id')`.\n- All times are UTC.",
		...Object.values(tables).map(section),
	);
