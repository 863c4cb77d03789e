import { demoHeader } from "../api/web.ts";
import { messageOf, UsageError } from "../errors.ts";
import { writeStatus } from "./terminal.ts";

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** A request that could not be sent, or was not answered. The message is for the user at the terminal. */
export class ApiError extends Error {
	/** The HTTP status, if the server answered. */
	readonly status: number | undefined;

	constructor(message: string, status?: number) {
		super(message);
		this.name = "AskError";
		this.status = status;
	}
}

/** A running Purser, as the command line sees it: its API, and nothing else. */
export class Server {
	readonly url: URL;
	readonly #key: string;

	constructor(url: string, key: string) {
		this.url = parseUrl(url);
		this.#key = key;
	}

	get origin(): string {
		return this.url.origin;
	}

	/** The answer to a question, as JSON. */
	async get<Body>(path: string, query: Query = {}): Promise<Body> {
		return await this.#json(await this.open(path, query, AbortSignal.timeout(120_000)));
	}

	/** Has something done, and gives the answer. */
	async post<Body>(path: string, query: Query = {}): Promise<Body> {
		return await this.#json(await this.open(path, query, AbortSignal.timeout(120_000), "POST"));
	}

	async #json<Body>(response: Response): Promise<Body> {
		const text = await response.text();
		try {
			return JSON.parse(text) as Body;
		} catch {
			throw new ApiError(`cannot ask ${this.origin}: what answers there is not Purser's API. ${whereElse}`);
		}
	}

	/** The response to a question, once it is known to be an answer. */
	async open(path: string, query: Query, signal: AbortSignal, method: "GET" | "POST" = "GET"): Promise<Response> {
		const at = new URL(`${this.url.pathname.replace(/\/+$/, "")}${path}`, this.url);
		for (const [name, value] of Object.entries(query)) {
			for (const each of Array.isArray(value) ? value : [value])
				if (each !== undefined) at.searchParams.append(name, String(each));
		}
		let response: Response;
		try {
			response = await fetch(at, { method, headers: this.#key === "" ? {} : { Authorization: `Bearer ${this.#key}` }, signal });
		} catch (error) {
			throw new ApiError(`cannot reach Purser at ${this.origin}: ${whyUnreachable(error)}`);
		}
		if (response.ok) {
			if (response.headers.has(demoHeader)) sayDemo();
			return response;
		}
		throw await this.#refusal(response);
	}

	async #refusal(response: Response): Promise<Error> {
		const detail = detailOf(await response.text().catch(() => ""));
		if (response.status === 400 && detail) return new UsageError(`cannot ask: ${detail}`);
		if (response.status === 401) {
			const why = this.#key === "" ? "a read key is needed" : "the read key is not accepted";
			return new ApiError(
				`cannot ask ${this.origin}: ${why}. Give one with --key or PURSER_KEY; \`purser keys add NAME --purpose read\` makes one`,
				401,
			);
		}
		if (detail === undefined) {
			return new ApiError(
				`cannot ask ${this.origin}: what answers there is not Purser's API (${response.status}). ${whereElse}`,
				response.status,
			);
		}
		return new ApiError(`cannot ask ${this.origin}: ${detail}`, response.status);
	}
}

let isDemoSaid = false;

/** Printed once for a command, in addition to its output. */
function sayDemo(): void {
	if (!isDemoSaid) writeStatus("A demonstration: all of this is invented.");
	isDemoSaid = true;
}

const whereElse = "Say where Purser's page is with --server or PURSER_SERVER";

function parseUrl(text: string): URL {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url && (url.protocol === "http:" || url.protocol === "https:")) return url;
	throw new UsageError(`--server must be a URL, as http://127.0.0.1:4319, not "${text}"`);
}

/** The `detail` of problem+json, or undefined when it is something else. */
function detailOf(text: string): string | undefined {
	try {
		const { detail } = JSON.parse(text) as { detail?: unknown };
		return typeof detail === "string" ? detail : undefined;
	} catch {
		return undefined;
	}
}

/** Explains why no server answered, and what to do. */
function whyUnreachable(error: unknown): string {
	const cause = ((error as Error).cause ?? error) as NodeJS.ErrnoException & { errors?: NodeJS.ErrnoException[] };
	const code = cause.code ?? cause.errors?.[0]?.code ?? "";
	if (code === "ECONNREFUSED")
		return `nothing listens there. Start it with \`npm start\`, or say where it is with --server or PURSER_SERVER`;
	if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "there is no host of that name. Look at --server or PURSER_SERVER";
	if (code === "EPROTO" || /SSL|wrong version number/i.test(`${code} ${cause.message}`)) {
		return "it does not speak TLS there. Say http:// instead of https://";
	}
	if (/CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/.test(code)) {
		return `its certificate is not trusted here (${code}). Set NODE_EXTRA_CA_CERTS to the file of the authority that signed it`;
	}
	if (/^HPE_|UND_ERR_SOCKET|ECONNRESET/.test(code) || /HTTP\/1\.1 protocol/.test(cause.message)) {
		return "what listens there does not speak plain HTTP: a port of OTLP, or one with TLS (https://)";
	}
	if ((error as Error).name === "TimeoutError" || /TIMEDOUT|TIMEOUT/.test(code))
		return "no answer in time. A firewall or a proxy may be between";
	return cause.message || code || messageOf(error);
}
