import { UsageError } from "../errors.ts";
import { type CommandContext, type OptionDefinition, type Options, optionOf } from "./command.ts";
import { Server } from "./server.ts";
import { type Format, formats } from "./table.ts";

const defaultServer = "http://127.0.0.1:4319";

/** Options of every command that asks a server. */
export const serverOptions: readonly OptionDefinition[] = Object.freeze([
	{ flags: "--server <url>", brief: `URL of the Purser server (PURSER_SERVER, ${defaultServer})` },
	{
		flags: "--key <key>",
		brief: "Read key, if the server requires one (prefer PURSER_KEY, which other users of the machine cannot see)",
	},
]);

export const formatOption: OptionDefinition = Object.freeze({
	flags: "--format <format>",
	brief: "Output format; json and csv have exact values",
	choices: formats,
	default: "table",
});

export const periodOptions: readonly OptionDefinition[] = Object.freeze([
	{ flags: "--from <time>", brief: "Start: 2026-11-01, 2026-11-01T08:00:00Z, or relative, e.g. -24h, -7d" },
	{ flags: "--to <time>", brief: "End, exclusive: the same, or now" },
	{ flags: "--since <time>", brief: "The same as --from; also without the minus: 90m, 24h, 7d, 2w" },
]);

export const tzOption: OptionDefinition = Object.freeze({
	flags: "--tz <zone>",
	brief: "IANA time zone of days and times, e.g. Europe/Berlin; local for this machine's",
	default: "UTC",
});

export function serverOf(options: Options, { environment }: CommandContext): Server {
	const url = optionOf(options, "server") || environment["PURSER_SERVER"] || defaultServer;
	return new Server(url, optionOf(options, "key") || environment["PURSER_KEY"] || "");
}

export const formatOf = (options: Options): Format => (optionOf(options, "format") ?? "table") as Format;

/** `from` and `to` as the API takes them. */
export function periodOf(options: Options): { readonly from?: string; readonly to?: string } {
	const since = optionOf(options, "since");
	const given = optionOf(options, "from");
	if (since !== undefined && given !== undefined) throw new UsageError("--from and --since say the same: give one of them");
	const from = since === undefined ? given : /^\d+[smhdw]$/.test(since) ? `-${since}` : since;
	const to = optionOf(options, "to");
	return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

export function zoneOf(options: Options): string {
	const tz = optionOf(options, "tz") ?? "UTC";
	if (tz === "local") return Intl.DateTimeFormat().resolvedOptions().timeZone;
	try {
		new Intl.DateTimeFormat("en", { timeZone: tz });
		return tz;
	} catch {
		throw new UsageError(`--tz must be an IANA time zone, as Europe/Berlin, or local, not "${tz}"`);
	}
}

/** A whole number of an option. */
export function countOf(options: Options, name: string, most = Number.MAX_SAFE_INTEGER): number | undefined {
	const text = optionOf(options, name);
	if (text === undefined) return undefined;
	const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
	if (!(count >= 1 && count <= most)) {
		throw new UsageError(
			`--${name} must be a whole number from 1${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ""}, not "${text}"`,
		);
	}
	return count;
}
