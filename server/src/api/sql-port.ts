import { type Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { crossSiteRefusal } from "../cross-site.ts";
import { untrustedPath } from "../engine/http-interface.ts";
import { messageOf } from "../errors.ts";
import type { Log } from "../log.ts";

export type SqlPortOptions = {
	/** Connects to the engine. */
	readonly agent: Agent;
	/** Returns true if the key may read. */
	readonly mayRead: (key: string) => boolean;
	/** Names under which clients may reach the port, in lower case, in addition to addresses and localhost. */
	readonly allowedHosts: ReadonlySet<string>;
	readonly log: Log;
};

/**
 * Read-only SQL over ClickHouse's HTTP interface, for Grafana, notebooks and clickhouse-client over HTTP; not yet listening. A
 * read key goes where ClickHouse's password goes. Only what is on the engine's lists is run: see untrusted-query.ts.
 */
export function createSqlPort(options: SqlPortOptions): Server {
	const { log } = options;
	const limits = { requestTimeout: 60_000, headersTimeout: 10_000, connectionsCheckingInterval: 5000 };
	const server = createServer(limits, (incoming, response) => {
		try {
			answer(options, incoming, response);
		} catch (error) {
			// No input of a client may end the process.
			log.warn(messageOf(error));
			response.destroy();
		}
	});
	server.maxConnections = 256;
	return server;
}

function answer({ agent, mayRead, allowedHosts }: SqlPortOptions, incoming: IncomingMessage, response: ServerResponse): void {
	response.setHeader("Cache-Control", "no-store");
	response.setHeader("X-Content-Type-Options", "nosniff");
	const path = incoming.url ?? "/";
	if (!path.startsWith("/") || path.startsWith("//") || !URL.canParse(path, "http://engine")) {
		refuse(response, 400, 36, "the request has no address that can be read. (BAD_ARGUMENTS)");
		return;
	}
	const url = new URL(path, "http://engine");
	if (url.pathname === "/ping") {
		response.end("Ok.\n");
		return;
	}
	const isOpen = mayRead("");
	// Credentials that a browser adds by itself are those of basic authentication only.
	if (isOpen || /^basic\s/i.test(incoming.headers.authorization ?? "")) {
		const refusal = crossSiteRefusal({ headers: incoming.headers, isPage: false, isOpen, allowedHosts });
		if (refusal) {
			refuse(response, 403, 497, `${refusal}. (ACCESS_DENIED)`);
			return;
		}
	}
	if (!mayRead(passwordOf(incoming, url))) {
		response.setHeader("WWW-Authenticate", 'Basic realm="Purser: a read key as the password"');
		refuse(response, 401, 516, "a read key is needed as the password. (AUTHENTICATION_FAILED)");
		return;
	}
	pass(agent, url, incoming, response);
}

function refuse(response: ServerResponse, status: number, code: number, why: string): void {
	response.setHeader("X-ClickHouse-Exception-Code", code);
	response.writeHead(status);
	response.end(`Code: ${code}. DB::Exception: ${why}\n`);
}

function pass(agent: Agent, url: URL, incoming: IncomingMessage, response: ServerResponse): void {
	const outgoing = request({ agent, method: "POST", path: `${untrustedPath}${url.search}` }, (answer) => {
		for (const name of ["x-clickhouse-exception-code", "content-type"]) {
			const value = answer.headers[name];
			if (value !== undefined) response.setHeader(name, value);
		}
		response.writeHead(answer.statusCode ?? 502);
		answer.on("error", () => response.destroy());
		answer.pipe(response);
	});
	outgoing.on("error", () => {
		if (response.headersSent) response.destroy();
		else refuse(response, 503, 210, "the engine does not answer just now. (NETWORK_ERROR)");
	});
	response.on("close", () => outgoing.destroy());
	incoming.on("error", () => outgoing.destroy());
	incoming.pipe(outgoing);
}

function passwordOf({ headers }: IncomingMessage, url: URL): string {
	const named = headers["x-clickhouse-key"] ?? url.searchParams.get("password");
	if (typeof named === "string" && named !== "") return named;
	const [scheme = "", value = ""] = (headers.authorization ?? "").split(/\s+/, 2);
	if (scheme.toLowerCase() === "bearer") return value;
	return scheme.toLowerCase() === "basic"
		? Buffer.from(value, "base64")
				.toString()
				.replace(/^[^:]*:/, "")
		: "";
}
