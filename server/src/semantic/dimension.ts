import { attributes } from "@purser/contract";
import { fromDirectory } from "../schema/people-tables.ts";
import { columnName, labels } from "../schema/tables.ts";
import { bind, column, columns, type Sql, sql } from "../sql.ts";

/**
 * Datasets (see dataset.ts): log records; API requests, each once; the same with a row for each type of token; the increments
 * of data points; of those only the ones that no request, or no decision, covers; the same by language, with a rest that has
 * none; both, for facts that either reports; sessions by how they were started; and how records arrived and from whom, spans
 * included.
 */
export type DatasetName =
	| "events"
	| "requests"
	| "token_rows"
	| "increments"
	| "increments_without_requests"
	| "increments_without_decisions"
	| "increments_by_language"
	| "everything"
	| "starts"
	| "arrivals";

export type Dimension = {
	readonly name: string;
	readonly brief: string;
	/** The expression on a source's rows; a source without one does not have the dimension. */
	readonly sql: Readonly<Partial<Record<DatasetName, Sql>>>;
	/** True for a dimension that every record has, and so every measure. */
	readonly isCommon?: true;
};

const onEvents = (own: Sql): Dimension["sql"] => ({ events: own, requests: own, token_rows: own });
const onIncrements = (own: Sql): Dimension["sql"] => ({
	increments: own,
	increments_without_requests: own,
	increments_without_decisions: own,
	increments_by_language: own,
});
const onAll = (own: Sql): Dimension["sql"] => ({
	...onEvents(own),
	...onIncrements(own),
	everything: own,
	starts: own,
	arrivals: own,
});

/** The columns of few texts are dictionaries: what is made of them is text. */
const text = (name: string): Sql => sql`toString(${column(name)})`;
const {
	attributes: inMap,
	resource,
	query_source,
	vcs_repository_url_full,
	vcs_repository_name,
	vcs_owner_name,
	app_version,
	status_code,
} = columns(
	"attributes",
	"resource",
	"query_source",
	"vcs_repository_url_full",
	"vcs_repository_name",
	"vcs_owner_name",
	"app_version",
	"status_code",
);

/** Events name the subsystem, metrics one of three: the dimension speaks the metrics' language. */
const querySourceOfEvents = sql`multiIf(${query_source} IN ('', 'main', 'subagent', 'auxiliary'), toString(${query_source}), ${query_source} IN ('sdk', 'repl_main_thread') OR startsWith(${query_source}, 'repl_main_thread'), 'main', startsWith(${query_source}, 'agent'), 'subagent', 'auxiliary')`;

/** On the day it happened: a move does not rewrite the past. */
const ofDirectory = (name: "team" | "department" | "cost_center", labelColumn: string): Dimension["sql"] =>
	onAll(sql`coalesce(nullIf(${fromDirectory(name)}, ''), ${text(labelColumn)})`);

/** A list comes back as OTLP/JSON; some gateways send one text. */
const sentGroups = sql`${inMap}['user.groups']`;
const groups = sql`if(startsWith(${sentGroups}, '{'), arrayStringConcat(arraySort(arrayMap(one -> one.1, JSONExtract(${sentGroups}, 'values', 'Array(Tuple(stringValue String))'))), ', '), ${sentGroups})`;

const define = (name: string, brief: string, own: Dimension["sql"]): Dimension => Object.freeze({ name, brief, sql: own });
const defineCommon = (name: string, brief: string, own: Dimension["sql"]): Dimension =>
	Object.freeze({ ...define(name, brief, own), isCommon: true as const });

export const dimensions: readonly Dimension[] = Object.freeze([
	defineCommon("person", "Who did it: e-mail, else enduser.id, else account, else installation id.", onAll(text("person"))),
	defineCommon("organization", "The organization's id.", onAll(text("organization_id"))),
	defineCommon("session", "The session's id.", onAll(column("session_id"))),
	define(
		"model",
		"The model, without a suffix such as [1m].",
		onAll(sql`replaceRegexpOne(${text("model")}, '\\\\[[^\\\\]]*\\\\]$', '')`),
	),
	define("tool", "The tool's name; tools of MCP servers are one name unless details are sent.", onAll(text("tool_name"))),
	define("language", "The programming language of an edited file, as far as counters report it.", {
		...onEvents(sql`''`),
		increments: text("language"),
		increments_by_language: text("language"),
	}),
	define("token_type", "input, output, cacheRead or cacheCreation.", {
		token_rows: column("token_type"),
		increments_without_requests: text("type"),
	}),
	define("query_source", "main, subagent or auxiliary: who asked the model.", {
		...onEvents(querySourceOfEvents),
		...onIncrements(text("query_source")),
	}),
	define("effort", "The effort asked of the model.", onAll(text("effort"))),
	define("speed", "fast or normal.", onAll(text("speed"))),
	define("agent_name", "The subagent's name.", onAll(text("agent_name"))),
	define("skill", "The skill that was active.", onAll(text("skill_name"))),
	define("plugin", "The plugin it belongs to.", onAll(text("plugin_name"))),
	define("mcp_server", "The MCP server.", onAll(text("mcp_server_name"))),
	define("mcp_tool", "The MCP server's tool.", onAll(text("mcp_tool_name"))),
	define("error_type", "What kind of error a tool had.", onEvents(text("error_type"))),
	define(
		"status_code",
		"The HTTP status of a failed API request.",
		onEvents(sql`if(${status_code} = 0, '', toString(${status_code}))`),
	),
	define("decision", "accept or reject.", onAll(text("decision"))),
	define("decision_source", "Who or what decided: config, hook, user_…", {
		...onEvents(sql`if(${column("event")} = 'tool_decision', ${text("source")}, ${text("decision_source")})`),
		...onIncrements(text("source")),
	}),
	// The share that only a counter reports belongs to no event: it keeps its place in the sum under no name.
	define("event", "The event's name.", { ...onEvents(text("event")), ...onIncrements(sql`''`) }),
	defineCommon(
		"version",
		"The agent's version.",
		onAll(sql`if(${app_version} != '', toString(${app_version}), ${text("agent_version")})`),
	),
	defineCommon("entrypoint", "How the agent was started: cli, sdk-ts, claude-vscode…", onAll(text("app_entrypoint"))),
	defineCommon("terminal", "The terminal.", onAll(text("terminal_type"))),
	defineCommon("os", "The operating system.", onAll(text("os_type"))),
	defineCommon("arch", "The processor architecture.", onAll(text("host_arch"))),
	defineCommon("service", "The service's name: claude-code, or another agent's.", onAll(text("service_name"))),
	defineCommon(
		"repository",
		"The repository, where clients are set to send it.",
		onAll(
			sql`multiIf(${vcs_repository_url_full} != '', toString(${vcs_repository_url_full}), ${vcs_repository_name} != '', concat(${vcs_owner_name}, '/', ${vcs_repository_name}), '')`,
		),
	),
	defineCommon("team", "The person's team: as the directory says, else the label team.id.", ofDirectory("team", "label_team")),
	defineCommon(
		"department",
		"The person's department: as the directory says, else the label department.",
		ofDirectory("department", "label_department"),
	),
	defineCommon(
		"cost_center",
		"Where it is booked: as the directory says, else the label cost_center.",
		ofDirectory("cost_center", "label_cost_center"),
	),
	defineCommon("manager", "The person's manager, as the directory says.", onAll(fromDirectory("manager"))),
	defineCommon(
		"name",
		"The person's name as the directory says, else the person.",
		onAll(sql`coalesce(nullIf(${fromDirectory("name")}, ''), ${text("person")})`),
	),
	defineCommon(
		"groups",
		"The groups that the identity provider put the person into, in one text: sent through an apps gateway.",
		onAll(groups),
	),
	define("start_type", "How a session was started, where its counter reports it: fresh, resume, continue.", {
		...onIncrements(text("start_type")),
		starts: text("start_type"),
	}),
]);

/** Names of the dimensions that every record has. `label.KEY` belongs to them. */
export const commonDimensions: readonly string[] = Object.freeze(
	dimensions.filter(({ isCommon }) => isCommon).map(({ name }) => name),
);

const byName = new Map(dimensions.map((dimension) => [dimension.name, dimension]));
const columned = new Set(attributes.filter((attribute) => attribute.column && attribute.type === "string").map(({ key }) => key));

const labelPrefix = "label.";
/** The longest name of a label: longer ones are not asked for. */
const maxLabelLength = labelPrefix.length + 1024;

/** The dimension of that name; `label.KEY` is one for any key of OTEL_RESOURCE_ATTRIBUTES. */
export function dimensionOf(name: string): Dimension | undefined {
	if (!name.startsWith(labelPrefix) || name.length > maxLabelLength) return byName.get(name);
	const key = name.slice(labelPrefix.length);
	return { name, brief: `The label ${key} of OTEL_RESOURCE_ATTRIBUTES.`, sql: onAll(labelSql(key)) };
}

function labelSql(key: string): Sql {
	const kept = labels.get(key);
	if (kept) return text(kept);
	const own = columned.has(key) && labelColumns.has(key) ? text(columnName(key)) : sql`${inMap}[${bind(key)}]`;
	return sql`if(${own} != '', ${own}, JSONExtractString(${resource}, ${bind(key)}))`;
}

/** Labels that the contract gives a column in every table. */
const labelColumns: ReadonlySet<string> = new Set(["enduser.id"]);
