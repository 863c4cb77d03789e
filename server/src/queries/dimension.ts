import { attributes } from "@purser/contract";
import { columnName, labels } from "../normalize/tables.ts";
import { fromDirectory } from "../store/people-tables.ts";
import { quote } from "../store/schema.ts";

/**
 * Where rows come from (see source.ts): log records; API requests, each once; the same with a row for each type of token; data
 * points turned into what each added; of those only what no request, or no decision, tells; the same by language, with what has
 * none; both, for what either shows; sessions by how they were started; and when what arrived from whom, of spans as well.
 */
export type Source =
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
	readonly sql: Readonly<Partial<Record<Source, string>>>;
};

const onEvents = (sql: string): Dimension["sql"] => ({ events: sql, requests: sql, token_rows: sql });
const onIncrements = (sql: string): Dimension["sql"] => ({
	increments: sql,
	increments_without_requests: sql,
	increments_without_decisions: sql,
	increments_by_language: sql,
});
const onAll = (sql: string): Dimension["sql"] => ({
	...onEvents(sql),
	...onIncrements(sql),
	everything: sql,
	starts: sql,
	arrivals: sql,
});

/** Events name the subsystem, metrics one of three: the dimension speaks the metrics' language. */
const querySourceOfEvents =
	"multiIf(query_source IN ('', 'main', 'subagent', 'auxiliary'), toString(query_source), query_source IN ('sdk', 'repl_main_thread') OR startsWith(query_source, 'repl_main_thread'), 'main', startsWith(query_source, 'agent'), 'subagent', 'auxiliary')";

/** On the day it happened: a move does not rewrite the past. */
const ofDirectory = (column: "team" | "department" | "cost_center", labelColumn: string): Dimension["sql"] =>
	onAll(`coalesce(nullIf(${fromDirectory(column)}, ''), toString(${labelColumn}))`);

/** A list comes back as OTLP/JSON; some gateways send one text. */
const sentGroups = "attributes['user.groups']";
const groups = `if(startsWith(${sentGroups}, '{'), arrayStringConcat(arraySort(arrayMap(one -> one.1, JSONExtract(${sentGroups}, 'values', 'Array(Tuple(stringValue String))'))), ', '), ${sentGroups})`;

const define = (name: string, brief: string, sql: Dimension["sql"]): Dimension => Object.freeze({ name, brief, sql });

export const dimensions: readonly Dimension[] = Object.freeze([
	define("person", "Who did it: e-mail, else enduser.id, else account, else installation id.", onAll("toString(person)")),
	define("organization", "The organization's id.", onAll("toString(organization_id)")),
	define("session", "The session's id.", onAll("session_id")),
	define(
		"model",
		"The model, without a suffix such as [1m].",
		onAll("replaceRegexpOne(toString(model), '\\\\[[^\\\\]]*\\\\]$', '')"),
	),
	define("tool", "The tool's name; tools of MCP servers are one name unless details are sent.", onAll("toString(tool_name)")),
	define("language", "The programming language of an edited file, as far as counters tell it.", {
		...onEvents("''"),
		increments: "toString(language)",
		increments_by_language: "toString(language)",
	}),
	define("token_type", "input, output, cacheRead or cacheCreation.", {
		token_rows: "token_type",
		increments_without_requests: "toString(type)",
	}),
	define("query_source", "main, subagent or auxiliary: who asked the model.", {
		...onEvents(querySourceOfEvents),
		...onIncrements("toString(query_source)"),
	}),
	define("effort", "The effort asked of the model.", onAll("toString(effort)")),
	define("speed", "fast or normal.", onAll("toString(speed)")),
	define("agent_name", "The subagent's name.", onAll("toString(agent_name)")),
	define("skill", "The skill that was active.", onAll("toString(skill_name)")),
	define("plugin", "The plugin it belongs to.", onAll("toString(plugin_name)")),
	define("mcp_server", "The MCP server.", onAll("toString(mcp_server_name)")),
	define("mcp_tool", "The MCP server's tool.", onAll("toString(mcp_tool_name)")),
	define("error_type", "What kind of error a tool had.", onEvents("toString(error_type)")),
	define("status_code", "The HTTP status of a failed API request.", onEvents("if(status_code = 0, '', toString(status_code))")),
	define("decision", "accept or reject.", onAll("toString(decision)")),
	define("decision_source", "Who or what decided: config, hook, user_…", {
		...onEvents("if(event = 'tool_decision', toString(source), toString(decision_source))"),
		...onIncrements("toString(source)"),
	}),
	// What only a counter tells belongs to no event: it keeps its place in the sum under no name.
	define("event", "The event's name.", { ...onEvents("toString(event)"), ...onIncrements("''") }),
	define("version", "The agent's version.", onAll("if(app_version != '', toString(app_version), toString(agent_version))")),
	define("entrypoint", "How the agent was started: cli, sdk-ts, claude-vscode…", onAll("toString(app_entrypoint)")),
	define("terminal", "The terminal.", onAll("toString(terminal_type)")),
	define("os", "The operating system.", onAll("toString(os_type)")),
	define("arch", "The processor architecture.", onAll("toString(host_arch)")),
	define("service", "The service's name: claude-code, or another agent's.", onAll("toString(service_name)")),
	define(
		"repository",
		"The repository, where clients are set to send it.",
		onAll(
			"multiIf(vcs_repository_url_full != '', toString(vcs_repository_url_full), vcs_repository_name != '', concat(vcs_owner_name, '/', vcs_repository_name), '')",
		),
	),
	define("team", "The person's team: as the directory says, else the label team.id.", ofDirectory("team", "label_team")),
	define(
		"department",
		"The person's department: as the directory says, else the label department.",
		ofDirectory("department", "label_department"),
	),
	define(
		"cost_center",
		"Where it is booked: as the directory says, else the label cost_center.",
		ofDirectory("cost_center", "label_cost_center"),
	),
	define("manager", "The person's manager, as the directory says.", onAll(fromDirectory("manager"))),
	define(
		"name",
		"The person's name as the directory says, else the person.",
		onAll(`coalesce(nullIf(${fromDirectory("name")}, ''), toString(person))`),
	),
	define(
		"groups",
		"The groups that the identity provider put the person into, in one text: sent through an apps gateway.",
		onAll(groups),
	),
	define("start_type", "How a session was started, where its counter tells: fresh, resume, continue.", {
		...onIncrements("toString(start_type)"),
		starts: "toString(start_type)",
	}),
]);

const byName = new Map(dimensions.map((dimension) => [dimension.name, dimension]));
const columned = new Set(attributes.filter((attribute) => attribute.column && attribute.type === "text").map(({ key }) => key));

/** The dimension of that name; `label.KEY` is one for any key of OTEL_RESOURCE_ATTRIBUTES. */
export function dimensionOf(name: string): Dimension | undefined {
	if (!name.startsWith("label.") || name.length > 200) return byName.get(name);
	const key = name.slice("label.".length);
	const kept = labels[key];
	if (kept) return { name, brief: `The label ${key} of OTEL_RESOURCE_ATTRIBUTES.`, sql: onAll(`toString(${kept})`) };
	const inResource = `JSONExtractString(resource, ${quote(key)})`;
	const column = columned.has(key) && labelColumns.has(key) ? columnName(key) : undefined;
	const inRecord = column ? `toString(${column})` : `attributes[${quote(key)}]`;
	return {
		name,
		brief: `The label ${key} of OTEL_RESOURCE_ATTRIBUTES.`,
		sql: onAll(`if(${inRecord} != '', ${inRecord}, ${inResource})`),
	};
}

/** Labels that the contract gives a column in every table. */
const labelColumns: ReadonlySet<string> = new Set(["enduser.id"]);
