/**
 * Faults of Claude Code's versions: telemetry that they report wrongly, not at all, or under another name. Ranges end at the
 * first version known to be right, which may be later than the first that is. Recordings of 1.0.60, 2.0.30, 2.0.60, 2.1.100 and
 * 2.1.329 and the release notes confirm all that have no `report`.
 */
import { defineQuirk, type QuirkDefinition } from "../define.ts";

// Longer than 250 lines: one table of data.

const issue = (number: number): string => `https://github.com/anthropics/claude-code/issues/${number}`;

const cost = ["claude_code.cost.usage", "cost_usd", "cost_usd_micros"];
const tokens = ["claude_code.token.usage", "input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens"];
const startUp = ["managed_settings_resolved", "plugin_loaded", "hook_registered", "mcp_server_connection", "retention_sweep"];
const counters = [
	"claude_code.session.count",
	"claude_code.lines_of_code.count",
	"claude_code.pull_request.count",
	"claude_code.commit.count",
	"claude_code.cost.usage",
	"claude_code.token.usage",
	"claude_code.code_edit_tool.decision",
	"claude_code.active_time.total",
];
const labels = ["enduser.id", "enduser.directory_id", "tenant.id", "department", "team.id", "cost_center"];
const attribution = ["agent.name", "skill.name", "plugin.name", "marketplace.name", "mcp_server.name", "mcp_tool.name"];

const spending = [
	defineQuirk({
		id: "cost-is-an-estimate",
		touches: cost,
		effect: "wrong",
		brief: "Cost is what the client reckons at list prices; discounts, credits and subscriptions are not in it.",
	}),
	defineQuirk({
		id: "fallback-price",
		touches: cost,
		effect: "wrong",
		brief: "For models the client does not know (gateways, inference profiles, local models) it takes some other model's price.",
		report: issue(27890),
	}),
	defineQuirk({
		id: "multi-frame-streams-counted-twice",
		until: "2.1.214",
		touches: [...cost, ...tokens],
		effect: "wrong",
		brief: "Answers that came in several usage frames were counted more than once: cost and tokens before 2.1.214 are too high.",
	}),
	defineQuirk({
		id: "input-tokens-zero",
		from: "2.0.30",
		until: "2.0.42",
		touches: [...cost, ...tokens],
		effect: "wrong",
		brief: "2.0.30 and 2.0.31 report input and cache tokens as 0 and the cost of output only; 2.0.42 is right again.",
	}),
	defineQuirk({
		id: "usage-frames-added-up",
		until: "2.0.30",
		touches: [...cost, ...tokens],
		effect: "wrong",
		brief:
			"1.0 adds the usage of an answer's first and last frame: output is one or more too high, and with today's API all input counts twice.",
	}),
	defineQuirk({
		id: "classifier-requests-missing",
		touches: ["api_request", ...cost, ...tokens],
		effect: "missing",
		brief: "Requests by which auto mode judges tool calls are said to be billed but not reported.",
		report: issue(86375),
	}),
	defineQuirk({
		id: "cost-usd-missing",
		from: "2.1.122",
		until: "2.1.294",
		touches: ["cost_usd"],
		effect: "missing",
		brief: "`cost_usd` is said to be absent at times since it became a number; `cost_usd_micros` and the cost counter are not.",
		report: issue(56098),
	}),
	defineQuirk({
		id: "request-ids-missing",
		until: "2.1.214",
		touches: ["client_request_id", "message.uuid"],
		effect: "missing",
		brief: "Before 2.1.214 the client gives requests no id of its own: a request that arrives on two paths may count twice.",
	}),
	defineQuirk({
		id: "bedrock-request-id-missing",
		until: "2.1.282",
		touches: ["request_id"],
		effect: "missing",
		brief: "Requests to Bedrock have no `request_id` before 2.1.282.",
	}),
	defineQuirk({
		id: "model-suffix-on-metrics",
		touches: ["model", "claude_code.cost.usage", "claude_code.token.usage"],
		effect: "renamed",
		brief: "Metrics name a model with the suffix of its variant (`claude-sonnet-4-6[1m]`), events without.",
	}),
	defineQuirk({
		id: "query-source-vocabularies",
		touches: ["query_source"],
		effect: "renamed",
		brief: "Metrics speak of `main`, `subagent` and `auxiliary`; events and spans name the part of the program.",
	}),
	defineQuirk({
		id: "mcp-attribution-sticks",
		until: "2.1.222",
		touches: ["mcp_server.name", "mcp_tool.name"],
		effect: "wrong",
		brief: "Once an MCP server was used, every later request was put down to it: expect a step down at 2.1.222.",
	}),
	defineQuirk({
		id: "attribution-redacted-despite-details",
		until: "2.1.273",
		touches: attribution,
		effect: "renamed",
		brief:
			"Before 2.1.273 people's own agents, skills, plugins and servers are `custom` or `third-party` even with tool details on.",
	}),
	defineQuirk({
		id: "subagent-tokens-of-last-request",
		touches: ["total_tokens"],
		effect: "wrong",
		brief: "`total_tokens` of a finished subagent is its last request's, not its whole run's: sum its requests instead.",
	}),
];

const work = [
	defineQuirk({
		id: "lines-without-model",
		until: "2.1.172",
		touches: ["claude_code.lines_of_code.count"],
		effect: "missing",
		brief: "Lines of code have no model before 2.1.172.",
	}),
	defineQuirk({
		id: "commits-only-at-start-of-command",
		until: "2.0.30",
		touches: ["claude_code.commit.count"],
		effect: "missing",
		brief:
			"1.0 counts a commit only where the command starts with `git commit`, or does after `cd`: `git add … && git commit` is missed.",
	}),
	defineQuirk({
		id: "commits-by-text",
		from: "2.0.30",
		touches: ["claude_code.commit.count"],
		effect: "wrong",
		brief:
			"Any successful command that holds the words `git commit` counts as one commit: so does `echo git commit`, and two commits in one command are one.",
	}),
	defineQuirk({
		id: "commits-in-other-directory-missing",
		until: "2.1.100",
		touches: ["claude_code.commit.count"],
		effect: "missing",
		brief: "`git -C <directory> commit` is not counted by 1.0 and 2.0.",
	}),
	defineQuirk({
		id: "merge-requests-missing",
		until: "2.1.100",
		touches: ["claude_code.pull_request.count"],
		effect: "missing",
		brief: "1.0 and 2.0 count only `gh pr create`, not `glab mr create`.",
	}),
	defineQuirk({
		id: "pull-requests-by-mcp-missing",
		until: "2.1.129",
		touches: ["claude_code.pull_request.count"],
		effect: "missing",
		brief: "Pull requests opened by MCP tools are not counted before 2.1.129.",
	}),
	defineQuirk({
		id: "headless-active-time-missing",
		until: "2.1.139",
		touches: ["claude_code.active_time.total"],
		effect: "missing",
		brief: "Runs with `-p` report no active time before 2.1.139, and only the program's since.",
	}),
];

const sessions = [
	defineQuirk({
		id: "headless-sessions-not-counted",
		until: "2.1.100",
		touches: ["claude_code.session.count", "claude_code.code_edit_tool.decision"],
		effect: "missing",
		brief: "Runs with `-p` of 1.0 and 2.0 count neither sessions nor edit decisions.",
	}),
	defineQuirk({
		id: "clear-not-counted",
		touches: ["claude_code.session.count"],
		effect: "missing",
		brief: "`/clear` begins a session with a new id that the client's own session counter does not count.",
	}),
	defineQuirk({
		id: "metrics-keep-cleared-session",
		until: "2.0.30",
		touches: ["session.id", ...counters],
		effect: "wrong",
		brief: "After `/clear` metrics of 1.0 keep the old session's id, while events have the new one.",
	}),
	defineQuirk({
		id: "continue-takes-new-session",
		until: "2.1.329",
		touches: ["session.id", "claude_code.session.count"],
		effect: "wrong",
		brief:
			"Some versions up to 2.1.100 give a continued session a new id, others (2.0.30) keep it: such a session may count twice.",
	}),
	defineQuirk({
		id: "throw-away-session-at-start",
		from: "2.1.329",
		touches: ["session.id", "claude_code.session.count", ...startUp],
		effect: "wrong",
		brief: "The start of a continued session is reported under an id that nothing else has.",
	}),
	defineQuirk({
		id: "agents-view-counts-as-session",
		touches: ["claude_code.session.count", "start_type"],
		effect: "wrong",
		brief: "The dashboard of agents counts as a session of `start_type` `agents_view`: leave it out.",
	}),
	defineQuirk({
		id: "processes-share-session",
		touches: counters,
		effect: "wrong",
		brief:
			"Several processes may report under one `session.id`; cumulative counters are distinguished by their start times alone.",
		report: issue(56317),
	}),
	defineQuirk({
		id: "slack-sessions-share-identity",
		touches: ["user.id", "user.email", "user.account_uuid", "user.account_id"],
		effect: "wrong",
		brief: "Sessions in Slack (`app.entrypoint` `claude-in-slack`) share one identity: do not put them down to a person.",
	}),
	defineQuirk({
		id: "sequence-restarts",
		touches: ["event.sequence", "interaction.sequence"],
		effect: "wrong",
		brief: "The sequence counts per process, not per session: it begins again on resuming and runs on over `/clear`.",
	}),
	defineQuirk({
		id: "startup-events-dropped",
		until: "2.1.329",
		touches: startUp,
		effect: "missing",
		brief: "Events of the start are said to get lost when they come before the exporter is ready.",
		report: issue(80948),
	}),
	defineQuirk({
		id: "slash-command-prompts-missing",
		until: "2.1.329",
		touches: ["user_prompt"],
		effect: "missing",
		brief: "Up to 2.1.100 people's own slash commands with `-p` leave no `user_prompt`.",
	}),
	defineQuirk({
		id: "prompts-missing",
		from: "2.1.220",
		until: "2.1.329",
		touches: ["user_prompt"],
		effect: "missing",
		brief: "2.1.220 is said to report prompts only for slash commands.",
		report: issue(81859),
	}),
];

const tools = [
	defineQuirk({
		id: "headless-decisions-missing",
		until: "2.1.47",
		touches: ["tool_decision", "decision", "source"],
		effect: "missing",
		brief: "Runs with `-p` report no tool decisions before 2.1.47.",
	}),
	defineQuirk({
		id: "headless-denials-missing",
		until: "2.1.329",
		touches: ["tool_decision", "decision"],
		effect: "missing",
		brief: "With `-p`, a tool that a rule forbids leaves no trace up to 2.1.100.",
	}),
	defineQuirk({
		id: "unanswered-asks-missing",
		until: "2.1.288",
		touches: ["tool_decision"],
		effect: "missing",
		brief: "Questions for permission that were not answered are not reported before 2.1.288.",
	}),
	defineQuirk({
		id: "interrupts-counted-as-rejections",
		until: "2.1.216",
		touches: ["tool_decision", "claude_code.code_edit_tool.decision", "decision", "source"],
		effect: "wrong",
		brief: "Before 2.1.216 an interrupt counts as a rejection: acceptance looks lower than it was.",
	}),
	defineQuirk({
		id: "headless-decision-type-missing",
		touches: ["decision_type", "decision_source"],
		effect: "missing",
		brief: "With `-p`, tool results do not say who allowed the tool: join `tool_decision` instead.",
	}),
	defineQuirk({
		id: "decision-type-sparse",
		from: "2.1.143",
		touches: ["decision_type", "decision_source"],
		effect: "missing",
		brief: "About two thirds of tool results are said to lack `decision_type`: join `tool_decision` instead.",
		report: issue(60726),
	}),
	defineQuirk({
		id: "mcp-tools-under-one-name",
		from: "2.1.2",
		touches: ["tool_name"],
		effect: "renamed",
		brief: "Tools of people's own MCP servers, `mcp__server__tool` before, are all `mcp_tool` since 2.1.2.",
	}),
	defineQuirk({
		id: "tool-use-id-missing",
		until: "2.1.119",
		touches: ["tool_use_id", "use_id"],
		effect: "renamed",
		brief: "Before 2.1.119 only failing tool calls have an id, named `use_id`: decisions and results cannot be joined.",
	}),
	defineQuirk({
		id: "error-type-missing",
		until: "2.1.117",
		touches: ["error_type"],
		effect: "missing",
		brief: "Up to 2.1.100 failing tools send their message instead of an error type.",
	}),
	defineQuirk({
		id: "tool-parameters-ungated",
		until: "2.1.85",
		touches: ["tool_parameters"],
		effect: "wrong",
		brief: "Before 2.1.85 whole shell commands are sent although tool details are off.",
	}),
	defineQuirk({
		id: "tool-parameters-gated",
		from: "2.1.85",
		touches: ["tool_parameters"],
		effect: "missing",
		brief: "Since 2.1.85 commands, MCP servers, skills and subagents of tool calls are known only with OTEL_LOG_TOOL_DETAILS.",
	}),
];

const errors = [
	defineQuirk({
		id: "repeated-attempts-missing",
		touches: ["api_error", "attempt"],
		effect: "missing",
		brief: "An attempt that failed and was repeated with success leaves no `api_error`: the API's errors are more than reported.",
	}),
	defineQuirk({
		id: "status-code-undefined",
		until: "2.1.122",
		touches: ["status_code"],
		effect: "wrong",
		brief: "Before 2.1.122 a failure without an answer has the status `undefined` instead of none.",
	}),
	defineQuirk({
		id: "overload-without-status",
		from: "2.1.329",
		touches: ["status_code"],
		effect: "missing",
		brief: "Overload (529) that outlasted all attempts comes without a status: look at the error's text.",
	}),
	defineQuirk({
		id: "internal-errors-of-clouds-missing",
		touches: ["internal_error"],
		effect: "missing",
		brief: "On Bedrock, Vertex and Foundry internal errors are not reported.",
	}),
];

const values = [
	defineQuirk({
		id: "numbers-as-text",
		until: "2.1.122",
		touches: ["api_request", "api_error"],
		effect: "renamed",
		brief: "Before 2.1.122 all numbers of requests are sent as text.",
	}),
	defineQuirk({
		id: "numbers-as-text-elsewhere",
		touches: [
			"user_prompt",
			"tool_result",
			"compaction",
			"mcp_server_connection",
			"retention_sweep",
			"hook_execution_start",
			"hook_execution_complete",
		],
		effect: "renamed",
		brief: "These events send numbers and flags as text to this day.",
	}),
	defineQuirk({
		id: "prompts-gate-taken-for-open",
		until: "2.0.30",
		touches: ["prompt"],
		effect: "wrong",
		brief: "1.0 takes OTEL_LOG_USER_PROMPTS=0 for a yes and sends prompts.",
	}),
	defineQuirk({
		id: "prompt-sent-twice",
		from: "2.1.287",
		touches: ["prompt", "prompt_text"],
		effect: "renamed",
		brief: "Since 2.1.287 the prompt comes a second time as `prompt_text`.",
	}),
	defineQuirk({
		id: "labels-not-on-points",
		until: "2.1.161",
		touches: labels,
		effect: "missing",
		brief: "Before 2.1.161 an organization's labels stand on the resource only.",
	}),
	defineQuirk({
		id: "malformed-labels-drop-all",
		until: "2.1.329",
		touches: labels,
		effect: "missing",
		brief: "Up to 2.1.100 one malformed pair in OTEL_RESOURCE_ATTRIBUTES drops all labels; 2.1.329 keeps them on the resource.",
	}),
	defineQuirk({
		id: "repository-missing",
		until: "2.1.269",
		touches: ["vcs.repository.url.full", "vcs.owner.name", "vcs.repository.name", "vcs.provider.name"],
		effect: "missing",
		brief: "The repository is not reported before 2.1.269, and only with OTEL_METRICS_INCLUDE_REPOSITORY since.",
	}),
	defineQuirk({
		id: "effort-missing",
		until: "2.1.117",
		touches: ["effort"],
		effect: "missing",
		brief: "The effort is not reported before 2.1.117.",
	}),
	defineQuirk({
		id: "speed-missing",
		until: "2.1.41",
		touches: ["speed"],
		effect: "missing",
		brief: "Fast mode is not reported before 2.1.41.",
	}),
	defineQuirk({
		id: "commands-missing",
		until: "2.1.117",
		touches: ["command_name", "command_source"],
		effect: "missing",
		brief: "Slash commands are not named before 2.1.117.",
	}),
	defineQuirk({
		id: "prompt-id-missing",
		until: "2.1.100",
		touches: ["prompt.id"],
		effect: "missing",
		brief: "1.0 and 2.0 do not say which prompt a request or tool call belongs to.",
	}),
];

const traces = [
	defineQuirk({
		id: "events-without-trace",
		until: "2.1.212",
		touches: [],
		effect: "missing",
		brief: "Before 2.1.212 events outside a span carry no trace id, even where TRACEPARENT was given.",
	}),
	defineQuirk({
		id: "permission-wait-unknown",
		until: "2.1.288",
		touches: ["claude_code.tool.blocked_on_user"],
		effect: "wrong",
		brief: "With `-p` and the Agent SDK, decision and source of the wait for permission are `unknown` before 2.1.288.",
	}),
	defineQuirk({
		id: "subagent-spans-not-nested",
		until: "2.1.145",
		touches: ["claude_code.llm_request", "claude_code.tool"],
		effect: "wrong",
		brief: "Before 2.1.145 a subagent's spans do not lie inside the tool call that started it.",
	}),
	defineQuirk({
		id: "early-spans-dropped",
		until: "2.1.141",
		touches: ["claude_code.interaction", "claude_code.llm_request"],
		effect: "missing",
		brief: "With `-p` and the Agent SDK, the first spans of a run may be missing before 2.1.141.",
	}),
	defineQuirk({
		id: "span-query-source-moved",
		from: "2.1.268",
		touches: ["claude_code.llm_request", "query_source_safe"],
		effect: "renamed",
		brief: "Since 2.1.268 spans say `query_source_safe`; `query_source` needs detailed tracing.",
	}),
];

const delivery = [
	defineQuirk({
		id: "chunked-bodies",
		until: "2.1.212",
		touches: [],
		effect: "missing",
		brief:
			"Exports over HTTP are chunked, without a length, in versions that run on Node and in 2.1.191 to 2.1.211; gateways that refuse this lose all signals.",
	}),
	defineQuirk({
		id: "native-binary-without-exporter",
		from: "2.1.113",
		until: "2.1.159",
		touches: [],
		effect: "missing",
		brief: "Native binaries since 2.1.113 are said to export nothing over OTLP at times.",
		report: issue(71312),
	}),
	defineQuirk({
		id: "many-labels-stop-metrics",
		from: "2.1.161",
		until: "2.1.329",
		touches: counters,
		effect: "missing",
		brief: "More than about twelve labels in OTEL_RESOURCE_ATTRIBUTES are said to stop metrics without a word.",
		report: issue(71447),
	}),
	defineQuirk({
		id: "interrupt-loses-tail",
		until: "2.1.100",
		touches: [],
		effect: "missing",
		brief: "1.0 and 2.0 lose what is not yet sent when interrupted (SIGINT); killed processes lose it in all versions.",
	}),
	defineQuirk({
		id: "grpc-not-repeated",
		touches: [],
		effect: "missing",
		brief: "Over gRPC a refused export is never repeated; over HTTP only 429 and 503 are.",
	}),
	defineQuirk({
		id: "headers-helper-not-over-grpc",
		from: "2.1.100",
		touches: [],
		effect: "missing",
		brief: "Over gRPC the headers helper does not run: exports arrive without its token and are refused.",
	}),
	defineQuirk({
		id: "subprocesses-not-configured",
		from: "2.1.128",
		touches: [],
		effect: "missing",
		brief:
			"Since 2.1.128 a Claude Code started by Claude Code's shell does not inherit the `OTEL_*` variables and may stay silent.",
	}),
	defineQuirk({
		id: "project-settings-ignored",
		from: "2.1.282",
		touches: [],
		effect: "missing",
		brief: "Since 2.1.282 settings in a repository can no longer switch telemetry on or say where it goes.",
	}),
	defineQuirk({
		id: "destination-not-locked",
		until: "2.1.217",
		touches: [],
		effect: "missing",
		brief: "Before 2.1.217 a person's own variable for one signal could lead it away from the managed receiver.",
	}),
	defineQuirk({
		id: "no-exporter-crash",
		until: "2.1.85",
		touches: [],
		effect: "missing",
		brief: "Before 2.1.85 the exporter value `none` made Claude Code fail.",
	}),
	defineQuirk({
		id: "prometheus-port-taken",
		touches: counters,
		effect: "missing",
		brief: "With the Prometheus exporter, all but the first process on a machine lose their metrics without a word.",
	}),
	defineQuirk({
		id: "prometheus-unit-lines",
		until: "2.1.216",
		touches: counters,
		effect: "wrong",
		brief: "Before 2.1.216 the Prometheus exporter writes `# UNIT` lines that strict scrapers refuse.",
	}),
];

export const quirks: readonly QuirkDefinition[] = Object.freeze([
	...spending,
	...work,
	...sessions,
	...tools,
	...errors,
	...values,
	...traces,
	...delivery,
]);
