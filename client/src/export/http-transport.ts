import { type Agent, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { ExportResponse, IExporterTransport } from "@opentelemetry/otlp-exporter-base";

export type HttpTransportOptions = {
	readonly url: string;
	readonly isGzip: boolean;
	/** Resolves to the headers at the time of a request. If it rejects nothing is sent. */
	readonly headers: () => Promise<Readonly<Record<string, string>>>;
	/** TLS, proxies. Asked for with the first request. */
	readonly agent: () => Agent;
	/** The host is about to end: a receiver that cannot be reached is not waited for. */
	readonly shutdownSignal: AbortSignal;
	/** Aborted when no caller waits for the request any more. */
	readonly abortSignal: AbortSignal;
};

type Attempt = ExportResponse & { readonly isUnreached?: true };

const mostAttempts = 6;
const firstPauseMs = 1000;
const longestPauseMs = 5000;
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** Errors that pass by themselves, unlike an untrusted certificate. */
const passing: ReadonlySet<string> = new Set(
	"ECONNRESET ECONNREFUSED EPIPE ETIMEDOUT EAI_AGAIN ENOTFOUND ENETUNREACH EHOSTUNREACH".split(" "),
);
const zip = promisify(gzip);

/**
 * OTLP over HTTP: the same bytes again as long as the receiver asks for it and there is time, as the SDK's own transport sends them.
 * Unlike that one it says how long a body is, without which some receivers refuse it, and it can be given up.
 * Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export class HttpTransport implements IExporterTransport {
	readonly #options: HttpTransportOptions;

	constructor(options: HttpTransportOptions) {
		this.#options = options;
	}

	async send(data: Uint8Array, timeoutMs: number): Promise<ExportResponse> {
		const { isGzip, shutdownSignal, abortSignal } = this.#options;
		const deadlineMs = performance.now() + timeoutMs;
		const body = isGzip ? await zip(data) : data;
		for (let attempt = 1; ; attempt++) {
			const { isUnreached, ...response } = await this.#attempt(body, deadlineMs - performance.now());
			if (response.status !== "retryable" || attempt === mostAttempts) return response;
			const pauseMs = response.retryInMillis ?? pauseAfter(attempt);
			if (performance.now() + pauseMs > deadlineMs || (isUnreached && shutdownSignal.aborted)) return response;
			const signal = isUnreached ? AbortSignal.any([shutdownSignal, abortSignal]) : abortSignal;
			// A pause that is cut short is no error: it is the last attempt, or none.
			await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
		}
	}

	shutdown(): void {}

	async #attempt(body: Uint8Array, timeoutMs: number): Promise<Attempt> {
		const { url, isGzip, headers, agent, abortSignal } = this.#options;
		const request = url.startsWith("https:") ? requestHttps : requestHttp;
		const late = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)));
		const signal = AbortSignal.any([abortSignal, late]);
		const encoding = isGzip && { "Content-Encoding": "gzip" };
		const all = { ...(await headers()), ...encoding };
		const { promise, resolve, reject } = Promise.withResolvers<Attempt>();
		const sent = request(url, { method: "POST", headers: all, agent: agent(), signal }, (answer) => {
			const outcome = outcomeOf(answer);
			// Whatever else it says is of no use, but has to be read for the connection to be used again.
			answer.resume().on("end", () => resolve(outcome));
			answer.on("error", () => resolve(outcome));
		});
		sent.on("error", (error: NodeJS.ErrnoException) => {
			if (abortSignal.aborted) reject(abortSignal.reason);
			else if (late.aborted) resolve({ status: "failure", error: new Error("the receiver did not answer in time") });
			else if (!passing.has(error.code ?? "")) resolve({ status: "failure", error });
			else resolve({ status: "retryable", error, isUnreached: true });
		});
		// All at once, so that its length stands before it.
		sent.end(body);
		return promise;
	}
}

function outcomeOf({ statusCode = 0, statusMessage, headers }: IncomingMessage): ExportResponse {
	if (statusCode >= 200 && statusCode < 300) return { status: "success" };
	const error = new Error(`the receiver answered ${statusCode} ${statusMessage ?? ""}`.trimEnd());
	if (!retryable.has(statusCode)) return { status: "failure", error };
	const retryInMillis = retryAfterMs(headers["retry-after"]);
	return { status: "retryable", error, ...(retryInMillis !== undefined && { retryInMillis }) };
}

/** Seconds or a date (RFC 9110). */
function retryAfterMs(text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
	return ms > 0 ? ms : undefined;
}

/** Longer each time, and not the same for all senders. */
const pauseAfter = (attempt: number): number =>
	Math.min(firstPauseMs * 1.5 ** (attempt - 1) * (0.8 + 0.4 * Math.random()), longestPauseMs);
