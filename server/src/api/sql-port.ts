import { type Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { guestPath } from "../engine/http-interface.ts";

export type SqlPortOptions = {
	/** Connects to the engine. */
	readonly agent: Agent;
	/** Whether a key may read. */
	readonly mayRead: (key: string) => boolean;
};

/**
 * Read-only SQL over ClickHouse's HTTP interface, for Grafana, notebooks and clickhouse-client over HTTP; not yet listening. A
 * read key goes where ClickHouse's password goes. Only reading statements are passed on: see guest-query.ts.
 */
export function createSqlPort({ agent, mayRead }: SqlPortOptions): Server {
	return createServer({ requestTimeout: 60_000, headersTimeout: 10_000 }, (incoming, response) => {
		const url = new URL(incoming.url ?? "/", "http://engine");
		if (url.pathname === "/ping") {
			response.end("Ok.\n");
			return;
		}
		if (!mayRead(passwordOf(incoming, url))) {
			response.setHeader("X-ClickHouse-Exception-Code", "516");
			response.writeHead(401, { "WWW-Authenticate": 'Basic realm="Purser: a read key as the password"' });
			response.end("Code: 516. DB::Exception: a read key is needed as the password. (AUTHENTICATION_FAILED)\n");
			return;
		}
		pass(agent, url, incoming, response);
	});
}

function pass(agent: Agent, url: URL, incoming: IncomingMessage, response: ServerResponse): void {
	const outgoing = request({ agent, method: "POST", path: `${guestPath}${url.search}` }, (answer) => {
		for (const name of ["x-clickhouse-exception-code", "content-type"]) {
			const value = answer.headers[name];
			if (value !== undefined) response.setHeader(name, value);
		}
		response.writeHead(answer.statusCode ?? 502);
		answer.pipe(response);
	});
	outgoing.on("error", () => {
		if (!response.headersSent) response.writeHead(503);
		response.end("Code: 210. DB::Exception: the engine does not answer just now. (NETWORK_ERROR)\n");
	});
	response.on("close", () => outgoing.destroy());
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
