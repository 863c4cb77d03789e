import { randomUUID } from "node:crypto";
import { closeSync, existsSync, lstatSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { unlink } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../errors.ts";
import { BusyError, type Lane, type Query, type SessionPool } from "./session-pool.ts";
import { checkedFormat, checkedName, literal } from "./single-statement.ts";
import { answerUntrusted, type UntrustedLimits } from "./untrusted-sql.ts";

/** Parameters of the interface that are no settings. */
const reserved: ReadonlySet<string> = new Set([
	"query",
	"query_id",
	"database",
	"default_format",
	"session_id",
	"session_timeout",
	"user",
	"password",
	"compress",
	"decompress",
	"wait_end_of_query",
	"role",
	"send_progress_in_http_headers",
	"http_headers_progress_interval_ms",
	"enable_http_compression",
	"cancel_http_readonly_queries_on_client_close",
]);

const insert = /^\s*INSERT\s+INTO\s+([`"\w.]+)\s*(\([^)]*\))?\s*(?:SETTINGS\s.*?\s)?FORMAT\s+(\w+)\s*$/is;
/** The path of SQL written by users, which may read our tables and nothing else. */
export const untrustedPath = "/untrusted";
const maxQueryBytes = 16 * 1024 * 1024;
const maxGuestQueryBytes = 256 * 1024;

/**
 * One request of ClickHouse's HTTP interface, as far as its official client and Grafana's data source use it.
 * @see https://clickhouse.com/docs/interfaces/http
 */
export async function answer(
	pool: SessionPool,
	limits: UntrustedLimits,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	try {
		response.setHeader("X-Purser-Resident-Bytes", process.memoryUsage.rss());
		const url = addressOf(request);
		if (url.pathname === "/ping") {
			response.end("Ok.\n");
			return;
		}
		const inUrl = url.searchParams.get("query") ?? "";
		if (url.pathname === untrustedPath) {
			const asked = [inUrl, await text(request, maxGuestQueryBytes)].filter(Boolean).join("\n");
			await answerUntrusted(pool, limits, queryOf(asked, url.searchParams), response);
			return;
		}
		const insertion = insert.exec(inUrl);
		if (insertion) {
			await load(pool, url.searchParams, insertion, request);
			response.end();
			return;
		}
		const body = await text(request, maxQueryBytes);
		const sql = inUrl === "" ? body : `${inUrl}\n${body}`;
		const result = await pool.run(laneOf(sql, url.searchParams), queryOf(sql, url.searchParams));
		response.setHeader("X-ClickHouse-Query-Id", url.searchParams.get("query_id") ?? randomUUID());
		response.end(result);
	} catch (error) {
		refuse(response, error);
	}
}

const memoryDirectory = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const loadName = /^purser-load-(\d+)-/;

/** Files of engines that were killed while loading would keep their memory for good. */
export function removeOrphanedLoadFiles(): void {
	for (const name of readdirSync(memoryDirectory)) {
		const pid = Number(loadName.exec(name)?.[1] ?? Number.NaN);
		if (Number.isNaN(pid) || isAlive(pid)) continue;
		const path = join(memoryDirectory, name);
		try {
			// Others have files there, too, and of any name.
			const { uid } = lstatSync(path);
			if (uid === process.getuid?.()) rmSync(path);
		} catch {
			// It is gone, or not ours to remove: no reason not to start.
		}
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code !== "ESRCH";
	}
}

/** The rows go to a file in memory first: the binding takes binary formats from nowhere else. */
async function load(
	pool: SessionPool,
	parameters: URLSearchParams,
	[, table, columns, format]: RegExpExecArray,
	request: IncomingMessage,
): Promise<void> {
	const path = join(memoryDirectory, `purser-load-${process.pid}-${randomUUID()}`);
	try {
		await writeToFile(path, request);
		const query = queryOf("", parameters);
		const described = await pool.run("load", { ...query, sql: `DESCRIBE TABLE ${table}`, format: "JSONEachRow" });
		const structure = Buffer.from(described)
			.toString()
			.split("\n")
			.filter(Boolean)
			.map((line) => JSON.parse(line) as { name: string; type: string; default_type: string })
			.filter(({ default_type }) => default_type === "" || default_type === "DEFAULT");
		const names = columns ?? `(${structure.map(({ name }) => `\`${name}\``).join(", ")})`;
		const types = structure.map(({ name, type }) => `\`${name}\` ${type}`).join(", ");
		const source = `file(${literal(path)}, ${literal(checkedFormat(format!))}, ${literal(types)})`;
		await pool.run("load", { ...query, sql: `INSERT INTO ${table} ${names} SELECT ${names.slice(1, -1)} FROM ${source}` });
	} finally {
		await unlink(path).catch(() => undefined);
	}
}

/** Writes synchronously: the file is in memory, and handing each chunk to another thread would cost more than copying it. */
async function writeToFile(path: string, content: AsyncIterable<Buffer>): Promise<void> {
	const file = openSync(path, "wx", 0o600);
	try {
		for await (const chunk of content) for (let offset = 0; offset < chunk.length; ) offset += writeSync(file, chunk, offset);
	} finally {
		closeSync(file);
	}
}

function queryOf(sql: string, parameters: URLSearchParams): Query {
	const settings: Record<string, string> = Object.create(null);
	const bound: Record<string, string> = Object.create(null);
	for (const [name, value] of parameters) {
		if (name.startsWith("param_")) bound[checkedName(name.slice(6))] = value;
		else if (!reserved.has(name)) settings[checkedName(name)] = value;
	}
	return { sql, format: parameters.get("default_format") ?? "TabSeparated", settings, parameters: bound };
}

/** Throws what ClickHouse would say of an address that is none. */
function addressOf({ url = "/" }: IncomingMessage): URL {
	if (!url.startsWith("/") || url.startsWith("//") || !URL.canParse(url, "http://engine"))
		throw new Error("Code: 36. DB::Exception: the request has no address that can be read. (BAD_ARGUMENTS)");
	return new URL(url, "http://engine");
}

function laneOf(sql: string, parameters: URLSearchParams): Lane {
	if (parameters.get("query_id")?.startsWith("purser-admin")) return "admin";
	if (/^\s*INSERT\b/i.test(sql)) return "rollup";
	return /^[\s(]*(SELECT|WITH|DESCRIBE|EXISTS|EXPLAIN|SHOW)\b/i.test(sql) ? "query" : "admin";
}

async function text(request: IncomingMessage, maxBytes: number): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > maxBytes) throw new Error(`Code: 62. DB::Exception: the query is longer than ${maxBytes} bytes. (SYNTAX_ERROR)`);
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString("utf8");
}

/** Errors as the server words them: the client reads code and name from the text. */
function refuse(response: ServerResponse, error: unknown): void {
	const message =
		error instanceof BusyError ? `Code: 202. DB::Exception: ${error.message}. (TOO_MANY_SIMULTANEOUS_QUERIES)` : messageOf(error);
	const code = /Code: (\d+)/.exec(message)?.[1];
	if (response.headersSent || response.destroyed) {
		response.destroy();
		return;
	}
	if (code) response.setHeader("X-ClickHouse-Exception-Code", code);
	response.statusCode = error instanceof BusyError ? 503 : 500;
	response.end(
		message.startsWith("Code:")
			? message
			: (/Code: \d+\..*/s.exec(message)?.[0] ?? `Code: 1001. DB::Exception: ${message}. (STD_EXCEPTION)`),
	);
}
