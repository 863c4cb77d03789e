import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext, getCACertificates } from "node:tls";
import { messageOf } from "../messages.ts";
import { headersOf } from "./key-value-list.ts";
import { countOf, type Env, flagOf, type Note, otlpName, shown, wordOf } from "./values.ts";

export type Signal = "metrics" | "logs" | "traces";
type Protocol = "grpc" | "http/json" | "http/protobuf";
const protocols: readonly Protocol[] = ["grpc", "http/json", "http/protobuf"];

/** The destination of one signal, and its protocol. */
export type Destination = {
	readonly protocol: Protocol;
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly compression: "gzip" | "none";
	readonly timeoutMs: number;
	/** PEM. Undefined: the system's authorities, no client certificate. */
	readonly tls: {
		readonly ca?: Buffer | readonly (string | Buffer)[];
		readonly key?: Buffer;
		readonly cert?: Buffer;
		readonly passphrase?: string;
	};
	/** Variables that name proxies, for HTTP. */
	readonly proxies: Readonly<Record<string, string>>;
	/** Not the receiver that headers are configured for: it gets none. */
	readonly isForeign?: true;
};

/** Reads the destination of one signal from OTLP's standard variables; undefined where it cannot be sent, which is noted. */
export function destinationOf(env: Env, signal: Signal, note: Note): Destination | undefined {
	// Documented as having no default. Claude Code 2.1.329 falls back to the same.
	const protocol = wordOfSignal(env, "PROTOCOL", signal, protocols, note) ?? "http/protobuf";
	const isGrpc = protocol === "grpc";
	const url = urlOf(env, signal, isGrpc, note);
	const tls = url && (isGrpc ? grpcTls(env, signal, note) : httpTls(env, note));
	if (!url || !tls) return undefined;
	return {
		protocol,
		url,
		headers: { ...headersOf(env, otlpName("HEADERS"), note), ...headersOf(env, otlpName("HEADERS", signal), note) },
		compression: wordOfSignal(env, "COMPRESSION", signal, ["gzip", "none"], note) ?? "none",
		timeoutMs: countOf(env, otlpName("TIMEOUT", signal), countOf(env, otlpName("TIMEOUT"), 10_000, note), note),
		tls,
		proxies: proxiesOf(env, note),
	};
}

/** In both spellings, as everywhere. */
function proxiesOf(env: Env, note: Note): Record<string, string> {
	const proxies: Record<string, string> = {};
	for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"].flatMap((each) => [each, each.toLowerCase()])) {
		const text = env[name];
		if (!text) continue;
		if (/^no_proxy$/i.test(name) || isAddress(text)) proxies[name] = text;
		else note(`cannot use ${name}: it has to be an address with http:// or https://; no proxy is used for it`);
	}
	return proxies;
}

const isAddress = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

const wordOfSignal = <Word extends string>(env: Env, stem: string, signal: Signal, words: readonly Word[], note: Note) =>
	wordOf(env, otlpName(stem, signal), words, note) ?? wordOf(env, otlpName(stem), words, note);

/** A signal's own endpoint is used unchanged; to the general one `/v1/<signal>` is added, with HTTP. */
function urlOf(env: Env, signal: Signal, isGrpc: boolean, note: Note): string | undefined {
	const own = env[otlpName("ENDPOINT", signal)];
	const [name, text] = own
		? [otlpName("ENDPOINT", signal), own]
		: [otlpName("ENDPOINT"), env[otlpName("ENDPOINT")] ?? (isGrpc ? "http://localhost:4317" : "http://localhost:4318")];
	const isPlain = flagOf(env, otlpName("INSECURE", signal), flagOf(env, otlpName("INSECURE"), false, note), note);
	const address = isGrpc && !/^[a-z]+:\/\//i.test(text) ? `${isPlain ? "http" : "https"}://${text}` : text;
	if (!isAddress(address)) {
		note(`cannot send ${signal}: ${name} is "${withoutSecrets(text)}"; it has to be an address with http:// or https://`);
		return undefined;
	}
	return own || isGrpc ? address : `${address.replace(/\/+$/, "")}/v1/${signal}`;
}

/** Without a name and password before the host. */
const withoutSecrets = (address: string): string => shown(address.replace(/\/\/[^/@]*@/, "//"));

type Tls = Destination["tls"];

const grpcTls = (env: Env, signal: Signal, note: Note): Tls | undefined => {
	const named = (stem: string) => (env[otlpName(stem, signal)] ? otlpName(stem, signal) : otlpName(stem));
	return tlsOf(env, { ca: named("CERTIFICATE"), key: named("CLIENT_KEY"), cert: named("CLIENT_CERTIFICATE") }, note);
};

function httpTls(env: Env, note: Note): Tls | undefined {
	const names = { ca: "NODE_EXTRA_CA_CERTS", key: "CLAUDE_CODE_CLIENT_KEY", cert: "CLAUDE_CODE_CLIENT_CERT" };
	const tls = tlsOf(env, names, note, env["CLAUDE_CODE_CLIENT_KEY_PASSPHRASE"]);
	// Further authorities: those of the system stay trusted.
	return tls?.ca ? { ...tls, ca: [...getCACertificates("default"), tls.ca as Buffer] } : tls;
}

/** If a named file cannot be read no connection is made: sending nothing is better than sending to an unverified receiver. */
function tlsOf(
	env: Env,
	names: Readonly<Record<"ca" | "key" | "cert", string>>,
	note: Note,
	passphrase?: string,
): Tls | undefined {
	const tls: { -readonly [Part in "ca" | "key" | "cert"]?: Buffer } = {};
	for (const part of ["ca", "key", "cert"] as const) {
		const path = env[names[part]];
		if (!path) continue;
		try {
			tls[part] = readFileSync(path);
		} catch (error) {
			note(`cannot read what ${names[part]} names: ${messageOf(error)}; nothing is sent with it`);
			return undefined;
		}
	}
	const given = Object.keys(tls) as (keyof typeof tls)[];
	const all: Tls = passphrase ? { ...tls, passphrase } : tls;
	try {
		if (tls.ca) new X509Certificate(tls.ca);
		if (given.length > 0) createSecureContext(all as Parameters<typeof createSecureContext>[0]);
	} catch (error) {
		note(`cannot use what ${given.map((part) => names[part]).join(" and ")} name: ${messageOf(error)}; nothing is sent with it`);
		return undefined;
	}
	if ((tls.key === undefined) !== (tls.cert === undefined)) {
		note(`cannot use ${tls.key ? names.key : names.cert} without ${tls.key ? names.cert : names.key}; nothing is sent with it`);
		return undefined;
	}
	return all;
}
