import { defineQuery, dimensionExpression } from "../../semantic/named-query.ts";
import { isoTime } from "../../semantic/sql-fragments.ts";
import { sql } from "../../sql.ts";

export const inventory = defineQuery({
	name: "inventory",
	question: "Which skills, plugins and MCP servers are there, how many people have them, and when were they last used?",
	notes: [
		"Names of people's own are custom_skill, third-party or custom, and those of MCP servers are left out, unless clients send tool details.",
		"A plugin is loaded and an MCP server connected when a session starts, used or not; requests and cost are those that clients attribute to it.",
	],
	columns: {
		kind: { type: "text", brief: "skill, plugin or mcp_server." },
		name: { type: "text", brief: "Its name, where the client reports it." },
		starts: { type: "integer", brief: "Times a skill was called, a plugin loaded, a server connected." },
		failures: { type: "integer", brief: "Times a server could not be connected." },
		api_requests: { type: "integer", brief: "Requests attributed to it." },
		cost_usd: { type: "number", unit: "USD", brief: "Their cost." },
		people: { type: "integer", brief: "Distinct people with any of these." },
		sessions: { type: "integer", brief: "Sessions with any of these." },
		last_seen: { type: "time", brief: "The last of these." },
	},
	sql: ({ rows }) => {
		const named = (source: "events" | "requests") =>
			sql`time, session_id, ${dimensionExpression("person", source)} AS who, ${dimensionExpression("skill", source)} AS skill, ${dimensionExpression("plugin", source)} AS plugin, ${dimensionExpression("mcp_server", source)} AS server`;
		return sql`SELECT thing.1 AS kind, thing.2 AS name, countIf(what != 'api_request' AND NOT failed) AS starts, countIf(failed) AS failures,
  countIf(what = 'api_request') AS api_requests, sum(nanos) / 1e9 AS cost_usd, uniqExactIf(who, who != '') AS people,
  uniqExactIf(session_id, session_id != '') AS sessions, ${isoTime(sql`max(time)`)} AS last_seen
FROM (
  SELECT ${named("events")}, toString(event) AS what, attributes['status'] = 'failed' AS failed, toInt64(0) AS nanos,
    multiIf(event = 'skill_activated', [('skill', skill)], event = 'plugin_loaded', [('plugin', plugin)],
      [('mcp_server', if(attributes['server_name'] != '', attributes['server_name'], server))]) AS things
  FROM ${rows("events", ["skill_activated", "plugin_loaded", "mcp_server_connection"])}
  WHERE event != 'mcp_server_connection' OR attributes['status'] IN ('connected', 'failed')
  UNION ALL
  SELECT ${named("requests")}, 'api_request' AS what, false AS failed, cost_nano_usd AS nanos,
    arrayFilter(it -> it.2 != '', [('skill', skill), ('plugin', plugin), ('mcp_server', server)]) AS things
  FROM ${rows("requests")}
)
ARRAY JOIN things AS thing
GROUP BY thing
ORDER BY kind, people DESC, starts DESC, name`;
	},
});
