import { join, literal, type Sql, sql } from "../sql.ts";
import type { SignalName } from "./signals.ts";

/** Content that clients send only when asked to, each with its variable. */
export const contentSwitchNames = ["prompts", "responses", "tool_details", "tool_content", "raw_api_bodies"] as const;
export type ContentSwitch = (typeof contentSwitchNames)[number];

const sent = (key: string): Sql => sql`attributes[${literal(key)}] NOT IN ('', '<REDACTED>')`;
const someOf = (...keys: readonly string[]): Sql =>
	join(
		keys.map((key) => sql`mapContains(attributes, ${literal(key)})`),
		" OR ",
	);

const shownBy: Readonly<Record<SignalName, Partial<Record<ContentSwitch, Sql>>>> = {
	events: {
		prompts: sql`event = 'user_prompt' AND ${sent("prompt")}`,
		responses: sql`event = 'assistant_response' AND ${sent("response")}`,
		tool_details: sql`event IN ('tool_result', 'tool_decision') AND (${someOf("tool_parameters", "tool_input")})`,
		raw_api_bodies: sql`event IN ('api_request_body', 'api_response_body')`,
	},
	metrics: {},
	spans: {
		prompts: sent("user_prompt"),
		tool_details: someOf("full_command", "file_path"),
		tool_content: sql`position(events, '"tool.output"') > 0`,
	},
};

/** SQL on a record's table: true if the record shows that the switch is on. */
export const contentSwitchSql = (gate: ContentSwitch, signal: SignalName): Sql => shownBy[signal][gate] ?? sql`0`;
