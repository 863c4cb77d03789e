import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Configuration } from "../configuration/configuration.ts";
import type { WireAttributes } from "./encode-attributes.ts";

/** The user's identity, as far as the host knows it. */
export type Identity = {
	/** A random id of the installation. Unless it is given, one is made and kept in the user's configuration. */
	readonly userId?: string;
	readonly email?: string;
	readonly accountUuid?: string;
	readonly accountId?: string;
	readonly organizationId?: string;
	readonly groups?: readonly string[];
	/** The source that vouches for it, e.g. `gateway-oidc`. */
	readonly source?: string;
};

/** The runtime environment: the same on every record of the process. */
export type RuntimeEnvironment = {
	readonly version: string;
	/** The way the agent was started: `cli`, `sdk-ts`, … */
	readonly entrypoint?: string;
	/** Unless it is given: TERM_PROGRAM, else TERM. */
	readonly terminal?: string;
	/** The provider of the model: `firstParty`, `bedrock`, … */
	readonly provider?: string;
	/** True if the model is reached through a gateway. By default: true if ANTHROPIC_BASE_URL is set. */
	readonly customBaseUrl?: boolean;
	/** The address of the repository's remote. */
	readonly repository?: string;
};

type Env = Readonly<Record<string, string | undefined>>;

/** The standard attributes, in the order in which Claude Code sends them; the session's id has its place in them. */
export function standardAttributes(
	{ includes, resource }: Configuration,
	identity: Identity & { readonly userId: string },
	workplace: RuntimeEnvironment,
	env: Env,
): (session: string) => WireAttributes {
	const has = (name: string) => includes.has(`OTEL_METRICS_INCLUDE_${name}`);
	const account = has("ACCOUNT_UUID");
	const repository = has("REPOSITORY") && workplace.repository ? repositoryOf(workplace.repository) : {};
	const custom = has("RESOURCE_ATTRIBUTES") ? resource.strict : {};
	const text = (value: unknown) => (value === undefined || value === null ? undefined : String(value));
	const own = defined({
		"ccr.session.id": has("SESSION_ID") ? env["CLAUDE_CODE_REMOTE_SESSION_ID"] : undefined,
		"app.version": has("VERSION") ? text(workplace.version) : undefined,
		"app.entrypoint": has("ENTRYPOINT") ? text(workplace.entrypoint) : undefined,
		"organization.id": text(identity.organizationId ?? env["CLAUDE_CODE_ORGANIZATION_UUID"]),
		"user.email": text(identity.email ?? env["CLAUDE_CODE_USER_EMAIL"]),
		"user.account_uuid": account ? text(identity.accountUuid ?? env["CLAUDE_CODE_ACCOUNT_UUID"]) : undefined,
		"user.account_id": account ? text(identity.accountId) : undefined,
		"user.groups": identity.groups && [...identity.groups].map(String),
		"identity.source": text(identity.source),
		"terminal.type": text(workplace.terminal ?? env["TERM_PROGRAM"] ?? env["TERM"]),
		"anthropic.provider": text(workplace.provider),
		"anthropic.custom_base_url": (workplace.customBaseUrl ?? Boolean(env["ANTHROPIC_BASE_URL"])) || undefined,
	});
	// Labels never replace known attributes, except for the repository, which the organization may know better.
	const vcs = Object.fromEntries(Object.entries(custom).filter(([key]) => key.startsWith("vcs.")));
	const labels = Object.fromEntries(Object.entries(custom).filter(([key]) => !notLabels.has(key)));
	const hasSession = has("SESSION_ID");
	return (session) => ({
		...labels,
		"user.id": String(identity.userId),
		...(hasSession && { "session.id": session }),
		...own,
		...repository,
		...vcs,
	});
}

/** They belong to the resource alone. */
const notLabels: ReadonlySet<string> = new Set(["service.name", "service.version"]);

const defined = (attributes: Readonly<Record<string, string | string[] | boolean | undefined>>): WireAttributes =>
	Object.fromEntries(Object.entries(attributes).filter((entry): entry is [string, string] => Boolean(entry[1])));

const hosts = ["github", "gitlab", "bitbucket", "gitea"];

/** `vcs.*` of a remote's address, without whatever secrets stand in it. */
function repositoryOf(remote: string): WireAttributes {
	const address = remote.trim().replace(/^([\w.-]+@)?([\w.-]+):(?!\/\/)(?=[^\d])/, "https://$2/");
	if (!URL.canParse(address)) return {};
	const { host, pathname } = new URL(address);
	const path = pathname.replace(/\.git\/?$|\/$/g, "").replace(/^\/+/, "");
	if (!host || !path.includes("/")) return {};
	const [owner, name] = [path.slice(0, path.lastIndexOf("/")), path.slice(path.lastIndexOf("/") + 1)].map((part) =>
		part.toLowerCase(),
	);
	const provider = hosts.find((known) => host.toLowerCase().includes(known));
	return {
		"vcs.repository.url.full": `https://${host.toLowerCase()}/${owner}/${name}`,
		"vcs.owner.name": owner!,
		"vcs.repository.name": name!,
		...(provider && { "vcs.provider.name": provider }),
	};
}

/** The id of this installation: 64 hexadecimal digits, made once. Without a place to keep it, it is the process's. */
export function installationId(homeDir: string, env: Env): string {
	const fresh = randomBytes(32).toString("hex");
	const path = join(env["XDG_CONFIG_HOME"] || join(homeDir, ".config"), "purser", "installation-id");
	try {
		const kept = readFileSync(path, "utf8").trim();
		if (/^[0-9a-f]{64}$/.test(kept)) return kept;
	} catch {
		// It is the first time.
	}
	try {
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, `${fresh}\n`, { mode: 0o600 });
	} catch {
		// A read-only home is no reason not to report.
	}
	return fresh;
}
