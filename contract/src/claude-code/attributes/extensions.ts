/** Agents, skills, plugins and MCP servers: what people add to Claude Code. */
import { defineAttribute } from "../../define.ts";

export const agentName = defineAttribute({
	key: "agent.name",
	redactedAs: "custom",
	values: ["general-purpose", "Explore", "Plan", "statusline-setup"],
	type: "string",
	privacy: "plain",
	column: "low",
	brief: "The kind of subagent that spent it: built-in ones by name, others as `custom` unless tool details are on.",
});
export const skillName = defineAttribute({
	key: "skill.name",
	redactedAs: "custom_skill",
	type: "string",
	privacy: "plain",
	column: "low",
	brief:
		"The skill at work. Third parties' are `third-party` on metrics and requests, people's own `custom_skill` on activations, unless tool details are on.",
});
export const pluginName = defineAttribute({
	key: "plugin.name",
	redactedAs: "third-party",
	values: ["cc-plugin-agents-md", "cc-plugin-privacy", "cc-plugin-plugin-authoring", "cc-plugin-diff"],
	type: "string",
	privacy: "plain",
	column: "low",
	brief: "The plugin. Outside the official marketplace it is `third-party` unless tool details are on.",
});
export const marketplaceName = defineAttribute({
	key: "marketplace.name",
	type: "string",
	privacy: "plain",
	column: "low",
	brief: "The marketplace that the plugin comes from. Only official ones are named unless tool details are on.",
});
export const mcpServerName = defineAttribute({
	key: "mcp_server.name",
	redactedAs: "custom",
	type: "string",
	privacy: "plain",
	column: "low",
	brief: "The MCP server whose result the request answers; people's own are `custom` unless tool details are on.",
});
export const mcpToolName = defineAttribute({
	key: "mcp_tool.name",
	redactedAs: "custom",
	type: "string",
	privacy: "plain",
	column: "low",
	brief: "The MCP tool whose result the request answers; people's own are `custom` unless tool details are on.",
});
export const marketplaceIsOfficial = defineAttribute({
	key: "marketplace.is_official",
	type: "boolean",
	privacy: "plain",
	brief: "The plugin comes from Anthropic's marketplace.",
});
export const installTrigger = defineAttribute({
	key: "install.trigger",
	type: "string",
	privacy: "plain",
	values: ["cli", "ui"],
	brief: "Whether the plugin was installed by command line or in the interface.",
});
export const pluginVersion = defineAttribute({
	key: "plugin.version",
	type: "string",
	privacy: "plain",
	brief: "The plugin's version.",
});
export const pluginScope = defineAttribute({
	key: "plugin.scope",
	type: "string",
	privacy: "plain",
	values: ["official", "community", "org", "user-local", "default-bundle"],
	brief: "Whose plugin it is.",
});
export const enabledVia = defineAttribute({
	key: "enabled_via",
	type: "string",
	privacy: "plain",
	values: ["default-enable", "org-policy", "admin-install", "seed-mount", "user-install"],
	brief: "How the plugin came to be enabled.",
});
export const pluginIdHash = defineAttribute({
	key: "plugin_id_hash",
	type: "string",
	privacy: "plain",
	brief: "A hash of the plugin's id: distinguishes redacted plugins.",
});
export const pluginId = defineAttribute({
	key: "plugin_id",
	type: "string",
	privacy: "plain",
	brief: "The plugin and its marketplace, as `name@marketplace`.",
});
export const hasHooks = defineAttribute({
	key: "has_hooks",
	type: "boolean",
	privacy: "plain",
	brief: "The plugin brings hooks.",
});
export const hasMcp = defineAttribute({
	key: "has_mcp",
	type: "boolean",
	privacy: "plain",
	brief: "The plugin brings MCP servers.",
});
export const hostOwnedMcp = defineAttribute({
	key: "host_owned_mcp",
	type: "boolean",
	privacy: "plain",
	brief: "The plugin's MCP servers are run by the program that hosts Claude Code.",
});
export const skillPathCount = defineAttribute({
	key: "skill_path_count",
	type: "int",
	privacy: "plain",
	brief: "How many paths with skills the plugin brings.",
});
export const commandPathCount = defineAttribute({
	key: "command_path_count",
	type: "int",
	privacy: "plain",
	brief: "How many paths with commands the plugin brings.",
});
export const agentPathCount = defineAttribute({
	key: "agent_path_count",
	type: "int",
	privacy: "plain",
	brief: "How many paths with agents the plugin brings.",
});
export const invocationTrigger = defineAttribute({
	key: "invocation_trigger",
	type: "string",
	privacy: "plain",
	since: "2.1.126",
	values: ["user-slash", "claude-proactive", "nested-skill"],
	brief: "Who called the skill: the person, the model, or another skill.",
});
export const skillSource = defineAttribute({
	key: "skill.source",
	type: "string",
	privacy: "plain",
	values: ["userSettings"],
	brief: "Where the skill comes from.",
});
export const skillKind = defineAttribute({
	key: "skill.kind",
	type: "string",
	privacy: "plain",
	values: ["workflow"],
	brief: "What the skill is, if not a plain one.",
});
export const status = defineAttribute({
	key: "status",
	type: "string",
	privacy: "plain",
	values: ["connected", "failed", "disconnected"],
	brief: "What became of the connection.",
});
export const transportType = defineAttribute({
	key: "transport_type",
	type: "string",
	privacy: "plain",
	values: ["stdio", "sse", "http", "claudeai-proxy"],
	brief: "How Claude Code talks to the MCP server.",
});
export const serverScope = defineAttribute({
	key: "server_scope",
	type: "string",
	privacy: "plain",
	values: ["user", "project", "local", "dynamic", "claudeai"],
	brief: "Where the MCP server is configured.",
});
export const serverName = defineAttribute({
	key: "server_name",
	type: "string",
	privacy: "plain",
	control: "OTEL_LOG_TOOL_DETAILS",
	brief: "The MCP server as configured.",
});
export const isPlugin = defineAttribute({
	key: "is_plugin",
	type: "boolean",
	privacy: "plain",
	brief: "The MCP server comes from a plugin.",
});
