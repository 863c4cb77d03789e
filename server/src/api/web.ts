import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import fastifyCompress from "@fastify/compress";
import fastifyStatic from "@fastify/static";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { readKeyOf } from "../access/request-key.ts";
import { crossSiteRefusal } from "../cross-site.ts";
import type { Log } from "../log.ts";
import { maxOpenFiles } from "../open-files.ts";
import { openApi } from "./openapi.ts";
import { parameterProblem, querySchemaOf } from "./parameters.ts";
import { answerProblem, problem } from "./problem.ts";
import type { Query, QuestionRoute, Route } from "./route.ts";
import { ownMetrics } from "./self-metrics.ts";
import type { Health } from "./status.ts";

export type WebOptions = {
	readonly routes: readonly Route[];
	readonly health: Health;
	/** The built page. */
	readonly pageDirectory: string;
	/** Names under which the page may be opened, in lower case, in addition to addresses and localhost. */
	readonly allowedHosts: ReadonlySet<string>;
	/** Returns true if a request may read: no read key exists, or it carries one. */
	readonly mayRead: (key: string) => boolean;
	readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined;
	readonly log: Log;
};

const security = Object.freeze({
	"Content-Security-Policy":
		"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
	"X-Content-Type-Options": "nosniff",
	"Referrer-Policy": "no-referrer",
	"Cross-Origin-Opener-Policy": "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	// Of the page and its files, which say otherwise themselves, nothing is secret.
	"Cache-Control": "no-store",
});

/** Set on every answer about invented data. */
export const demoHeader = "purser-demo";

/** Pages, their streams and programs that ask; a file descriptor each. */
const maxConnections = 1024;

/** Open without a key: they say only that the process lives. */
const open: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

/** The page and the API, not yet listening. */
export async function createWeb(options: WebOptions): Promise<FastifyInstance> {
	const { routes, health, tls, log } = options;
	const app = fastify({
		...(tls && { https: tls }),
		routerOptions: { querystringParser: (text: string) => parseQuery(text) },
		// With `strictNumbers`, a text that is made Infinity would be compared with no maximum.
		ajv: { customOptions: { coerceTypes: "array", removeAdditional: false, allErrors: true, strictNumbers: false } },
		forceCloseConnections: true,
		requestTimeout: 60_000,
		connectionTimeout: 0,
		bodyLimit: 64 * 1024,
	}) as unknown as FastifyInstance;
	app.server.maxConnections = Math.min(maxConnections, Math.max(8, Math.floor((maxOpenFiles() - 64) / 4)));
	closeSockets(app);
	app.setErrorHandler((error, _request, reply) => answerProblem(reply, error, log));
	app.addHook("onRequest", async (request, reply) => {
		reply.headers(health.isDemo ? { ...security, [demoHeader]: "1" } : security);
		const path = request.url.split("?", 1)[0]!;
		if (open.has(path)) return;
		const isOpen = options.mayRead("");
		// No browser adds a bearer token by itself, so a request with one does not come from a foreign page.
		if (isOpen || !isBearer(request)) {
			const isPage = request.method === "GET" && !isData(path);
			const refusal = crossSiteRefusal({ headers: request.headers, isPage, isOpen, allowedHosts: options.allowedHosts });
			if (refusal) return problem(reply, 403, refusal);
		}
		if (options.mayRead(readKeyOf(request.headers))) return;
		return problem(
			reply.header("WWW-Authenticate", 'Basic realm="Purser: a read key as the password"'),
			401,
			"a read key is needed, as a bearer token or as the password of basic authentication",
		);
	});
	await app.register(fastifyCompress, { threshold: 2048 });
	for (const route of routes) addRoute(app, route);
	const document = openApi(routes, health.version);
	app.get("/openapi.json", () => document);
	app.get("/metrics", (_request, reply) => reply.type("text/plain; version=0.0.4; charset=utf-8").send(ownMetrics(health)));
	app.get("/api/*", (_request, reply) =>
		problem(reply, 404, "there is no such question; GET /openapi.json says which there are"),
	);
	await addPage(app, options.pageDirectory);
	await app.ready();
	return app;
}

/** A stream whose page went away without a word is a connection that Node.js no longer lists, and would wait for. */
function closeSockets(app: FastifyInstance): void {
	const sockets = new Set<Socket>();
	app.server.on("connection", (socket: Socket) => {
		sockets.add(socket);
		socket.once("close", () => sockets.delete(socket));
	});
	app.addHook("preClose", async () => {
		for (const socket of sockets) socket.destroy();
	});
}

function addRoute(app: FastifyInstance, route: Route): void {
	app.route({
		method: route.method,
		url: route.path.replace(/\{(\w+)\}/g, ":$1"),
		schema: { querystring: querySchemaOf(route), ...("body" in route && route.body && { body: route.body }) },
		schemaErrorFormatter: (errors, part) =>
			badRequest(part === "querystring" ? parameterProblem(route, errors) : `the body is not right: ${bodyProblem(errors)}`),
		handler: (request, reply) => {
			const query = { ...(request.query as Query), ...(request.params as Query) };
			return "answer" in route ? respond(route, query, reply) : route.handle(query, request, reply);
		},
	});
}

/** Answers a question as JSON, or as CSV where that was asked for. */
async function respond(route: QuestionRoute, query: Query, reply: FastifyReply) {
	const { body, csv } = await route.answer(query, Date.now());
	if (!csv || query["format"] !== "csv") return body;
	return reply.type("text/csv; charset=utf-8").header("Content-Disposition", "attachment").send(csv());
}

const bodyProblem = (errors: readonly { instancePath: string; message?: string }[]): string =>
	errors.map(({ instancePath, message = "is not right" }) => `${instancePath || "it"} ${message}`).join("; ");

const badRequest = (message: string): Error => Object.assign(new Error(message), { statusCode: 400 });

/** Parses a query as URLSearchParams does: several values of one name are a list. */
function parseQuery(text: string): Record<string, string | string[]> {
	const query: Record<string, string | string[]> = Object.create(null);
	for (const [name, value] of new URLSearchParams(text)) {
		const before = query[name];
		query[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
	}
	return query;
}

/** Returns true for paths that programs ask for: everything but the page and its files. */
const isData = (path: string): boolean => /^\/(api|metrics|openapi\.json)\b/.test(path);

const isBearer = (request: FastifyRequest): boolean => /^bearer\s/i.test(request.headers.authorization ?? "");

/** The built page: its files by name, and itself for every address that it knows how to show. */
async function addPage(app: FastifyInstance, directory: string): Promise<void> {
	const index = join(directory, "index.html");
	const missing =
		"<!doctype html><meta charset=utf-8><title>Purser</title><p>The page is not built. Run <code>npm run build</code>; the API answers meanwhile.";
	const page = existsSync(index) ? await readFile(index) : Buffer.from(missing);
	const send = (_request: FastifyRequest, reply: FastifyReply) =>
		reply.type("text/html; charset=utf-8").header("Cache-Control", "no-cache").send(page);
	if (existsSync(index)) {
		await app.register(fastifyStatic, { root: directory, index: false, wildcard: false, maxAge: "365d", immutable: true });
	}
	app.get("/", send);
	app.setNotFoundHandler((request, reply) =>
		request.method === "GET" && request.headers.accept?.includes("text/html")
			? send(request, reply)
			: problem(reply, 404, "there is nothing here"),
	);
}
