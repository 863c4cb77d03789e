/** Identity: the person, the session, the program, the repository. On every data point, event and span. */
import { defineAttribute } from "../../define.ts";

export const userId = defineAttribute({
	key: "user.id",
	type: "string",
	privacy: "identity",
	column: "low",
	brief:
		"A random id of one installation, kept in its home directory (64 hex digits). It names a machine's account rather than a person; behind an apps gateway it is the identity provider's subject.",
});
export const userEmail = defineAttribute({
	key: "user.email",
	type: "string",
	privacy: "identity",
	column: "low",
	brief: "The e-mail address of the signed-in person. Absent with an API key, Bedrock, Vertex or Foundry.",
});
export const userAccountUuid = defineAttribute({
	key: "user.account_uuid",
	type: "string",
	privacy: "identity",
	column: "low",
	control: "OTEL_METRICS_INCLUDE_ACCOUNT_UUID",
	brief: "The account of the signed-in person, as a UUID.",
});
export const userAccountId = defineAttribute({
	key: "user.account_id",
	type: "string",
	privacy: "identity",
	column: "low",
	control: "OTEL_METRICS_INCLUDE_ACCOUNT_UUID",
	brief: "The same account in the form that Anthropic's admin APIs use (`user_01…`).",
});
export const userGroups = defineAttribute({
	key: "user.groups",
	type: "array",
	privacy: "identity",
	brief: "The groups that the identity provider put the person into. Only sessions signed in through an apps gateway have it.",
});
export const identitySource = defineAttribute({
	key: "identity.source",
	type: "string",
	privacy: "plain",
	values: ["gateway-oidc"],
	brief: "Who vouches for the identity. Only sessions signed in through an apps gateway have it.",
});
export const organizationId = defineAttribute({
	key: "organization.id",
	type: "string",
	privacy: "plain",
	column: "low",
	brief: "The Anthropic organization that the signed-in account belongs to.",
});
export const sessionId = defineAttribute({
	key: "session.id",
	type: "string",
	privacy: "plain",
	column: "low",
	control: "OTEL_METRICS_INCLUDE_SESSION_ID",
	brief: "One session. A new one begins with the process and with `/clear`; the variable removes it from events and spans, too.",
});
export const ccrSessionId = defineAttribute({
	key: "ccr.session.id",
	type: "string",
	privacy: "plain",
	control: "OTEL_METRICS_INCLUDE_SESSION_ID",
	brief: "The session's id on claude.ai, for sessions that run in the cloud.",
});
export const appVersion = defineAttribute({
	key: "app.version",
	type: "string",
	privacy: "plain",
	column: "low",
	control: "OTEL_METRICS_INCLUDE_VERSION",
	brief: "The version of Claude Code. Off by default; the resource's `service.version` says the same.",
});
export const appEntrypoint = defineAttribute({
	key: "app.entrypoint",
	type: "string",
	privacy: "plain",
	column: "low",
	since: "2.1.152",
	control: "OTEL_METRICS_INCLUDE_ENTRYPOINT",
	values: [
		"cli",
		"sdk-cli",
		"sdk-ts",
		"sdk-py",
		"claude-vscode",
		"claude-in-slack",
		"claude-desktop",
		"claude-desktop-3p",
		"local-agent",
	],
	brief:
		"How Claude Code was started: `cli` by hand, `sdk-cli` with `-p`, `sdk-ts` and `sdk-py` from the Agent SDK. Off by default.",
});
export const terminalType = defineAttribute({
	key: "terminal.type",
	type: "string",
	privacy: "plain",
	column: "low",
	values: ["iTerm.app", "vscode", "cursor", "tmux", "ghostty", "gnome-terminal", "xterm-256color", "non-interactive"],
	brief: "The terminal or editor, from TERM_PROGRAM or else TERM.",
});
export const anthropicProvider = defineAttribute({
	key: "anthropic.provider",
	type: "string",
	privacy: "plain",
	column: "low",
	values: ["firstParty"],
	brief: "Who serves the model: Anthropic's own API or a cloud. Not documented, seen on the wire.",
});
export const anthropicCustomBaseUrl = defineAttribute({
	key: "anthropic.custom_base_url",
	type: "boolean",
	privacy: "plain",
	brief: "Requests go to a gateway or proxy instead of the provider's own address. Not documented, seen on the wire.",
});
export const repositoryUrl = defineAttribute({
	key: "vcs.repository.url.full",
	type: "string",
	privacy: "plain",
	column: "low",
	since: "2.1.269",
	control: "OTEL_METRICS_INCLUDE_REPOSITORY",
	brief:
		"The repository worked in: the remote `origin`, read once per session, in lower case and without credentials. Off by default.",
});
export const repositoryOwner = defineAttribute({
	key: "vcs.owner.name",
	type: "string",
	privacy: "plain",
	column: "low",
	since: "2.1.269",
	control: "OTEL_METRICS_INCLUDE_REPOSITORY",
	brief: "The owner or organization of the repository.",
});
export const repositoryName = defineAttribute({
	key: "vcs.repository.name",
	type: "string",
	privacy: "plain",
	column: "low",
	since: "2.1.269",
	control: "OTEL_METRICS_INCLUDE_REPOSITORY",
	brief: "The name of the repository, without its owner.",
});
export const repositoryProvider = defineAttribute({
	key: "vcs.provider.name",
	type: "string",
	privacy: "plain",
	column: "low",
	since: "2.1.269",
	control: "OTEL_METRICS_INCLUDE_REPOSITORY",
	values: ["github", "gitlab", "bitbucket", "gitea"],
	brief: "Who hosts the repository.",
});
