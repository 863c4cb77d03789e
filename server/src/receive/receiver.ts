import type { KeyRing } from "../access/key-ring.ts";
import { crossSiteRefusal } from "../cross-site.ts";
import { PermanentError } from "../errors.ts";
import type { Log } from "../log.ts";
import { maxOpenFiles } from "../open-files.ts";
import type { Outcome } from "../otlp/responses.ts";
import type { Signal } from "../otlp/signals.ts";
import type { MemoryBudget } from "./memory-budget.ts";

/** A request that was turned away, as the status page shows it. Never anything of its body. */
export type Rejection = {
	readonly at: string;
	readonly listener: "grpc" | "http";
	readonly status: string;
	readonly reason: string;
};

/** Options of both listeners: neither knows how records are decoded and stored. */
export type ReceiverOptions = {
	/**
	 * Keeps a request's records; resolves when they are durable. `json` is parsed OTLP/JSON, else `bytes` are protobuf.
	 * Rejects with a PermanentError or a RetryableError.
	 */
	readonly accept: (request: {
		readonly signal: Signal | undefined;
		readonly bytes: Uint8Array;
		readonly json: boolean;
	}) => Promise<{
		readonly signal: Signal;
		readonly outcome: Outcome;
	}>;
	readonly keys: KeyRing;
	/** The header that may carry a key, in lower case. */
	readonly keyHeader: string;
	/** Names under which records may be sent without a key, in lower case, in addition to addresses and localhost. */
	readonly allowedHosts: ReadonlySet<string>;
	readonly budget: MemoryBudget;
	readonly maxBodyBytes: number;
	readonly timeouts: Timeouts;
	readonly tls: TlsOptions | undefined;
	readonly onRefused: (refusal: Omit<Rejection, "at">) => void;
	readonly log: Log;
};

type TlsOptions = {
	readonly cert: Buffer;
	readonly key: Buffer;
	/** Client certificates must be signed by it. */
	readonly ca?: Buffer;
};

/** Times that senders may take, in ms: for the headers, and for the whole request, however steadily it drips. */
export type Timeouts = { readonly headersMs: number; readonly requestMs: number };
export const defaultTimeouts: Timeouts = Object.freeze({ headersMs: 10_000, requestMs: 60_000 });
export const maxHeaderBytes = 32 * 1024;
/**
 * Limit of each listener: exporters keep one open each, and each takes a file descriptor. A quarter of the available ones, or
 * less.
 */
export const maxConnections = (): number => Math.min(4096, Math.max(8, Math.floor((maxOpenFiles() - 64) / 4)));

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Throws a PermanentError unless the sender may send: a program that is no foreign page, with a key where one is required. */
export function authorize(options: Pick<ReceiverOptions, "keys" | "keyHeader" | "allowedHosts">, headers: Headers): void {
	if (!isAuthorized(options, headers)) throw new PermanentError(unauthorized, 401);
	if (options.keys.isRequired("ingest")) return;
	const refusal = crossSiteRefusal({ headers, isPage: false, isOpen: true, allowedHosts: options.allowedHosts });
	if (refusal) throw new PermanentError(`cannot accept: ${refusal}`, 403);
}

/** Returns true if the sender may send: no ingest key exists, or it has one. */
function isAuthorized({ keys, keyHeader }: Pick<ReceiverOptions, "keys" | "keyHeader">, headers: Headers): boolean {
	if (!keys.isRequired("ingest")) return true;
	const authorization = one(headers["authorization"]);
	const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
	if (bearer && keys.accepts("ingest", bearer)) return true;
	const other = one(headers[keyHeader]);
	return other !== "" && keys.accepts("ingest", other);
}

const one = (value: string | string[] | undefined): string => (Array.isArray(value) ? (value[0] ?? "") : (value ?? ""));

const unauthorized = "cannot accept: no valid ingest key. Send one as Authorization: Bearer KEY (OTEL_EXPORTER_OTLP_HEADERS)";
