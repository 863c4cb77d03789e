import type { FastifyReply, FastifyRequest } from "fastify";
import { itemsOf } from "./escaped.ts";

/** One parameter of a route: its JSON schema, and a sentence. */
export type Parameter = {
	readonly description: string;
	readonly schema: Readonly<Record<string, unknown>>;
	readonly required?: boolean;
};

type Described = {
	/** The path with parameters in braces, as in OpenAPI. */
	readonly path: string;
	readonly summary: string;
	readonly parameters?: Readonly<Record<string, Parameter>>;
	/** An example of a response. */
	readonly example?: unknown;
};

/** A route that does something else than answer a question about records. */
export type ActionRoute = Described & {
	readonly method: "GET" | "POST";
	/** JSON schema of the request's body. */
	readonly body?: Readonly<Record<string, unknown>>;
	readonly handle: (query: Query, request: FastifyRequest, reply: FastifyReply) => unknown;
};

/** A question about records: answered by its own GET, and by `POST /api/v1/answers` together with others. */
export type QuestionRoute = Described & {
	readonly method: "GET";
	/** Throws UsageError for parameters that make no sense together, NotFoundError where what is asked for does not exist. */
	readonly answer: (query: Query, nowMs: number) => Promise<Answer>;
};

type Answer = {
	/** The response as JSON. */
	readonly body: object;
	/** The rows as CSV, for questions that have the parameter `format`. */
	readonly csv?: () => string;
};

/** A route of the API: requests are checked against it, and the OpenAPI document is derived from it. */
export type Route = ActionRoute | QuestionRoute;

/** Checked parameters: text (numbers are made text again), or several of one name. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

export const textOf = (query: Query, name: string): string | undefined => {
	const value = query[name];
	return Array.isArray(value) ? value[0] : value === undefined ? undefined : String(value);
};
export const listOf = (query: Query, name: string): string[] => {
	const value = query[name];
	return (typeof value === "string" ? [value] : [...(value ?? [])]).filter((item) => item !== "");
};
export const commaList = (query: Query, name: string): string[] => listOf(query, name).flatMap(itemsOf);
