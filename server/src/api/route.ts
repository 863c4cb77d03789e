import type { FastifyReply, FastifyRequest } from "fastify";
import { itemsOf } from "./escaped.ts";

/** One parameter of a route: its JSON schema, and a sentence. */
export type Parameter = {
	readonly description: string;
	readonly schema: Readonly<Record<string, unknown>>;
	readonly required?: boolean;
};

/** What is asked of the API: the router checks requests against it, and the OpenAPI document is made of it. */
export type Route = {
	readonly method: "GET" | "POST";
	/** With parameters in braces, as OpenAPI has them. */
	readonly path: string;
	readonly summary: string;
	readonly parameters?: Readonly<Record<string, Parameter>>;
	/** An example of an answer. */
	readonly example?: unknown;
	readonly handle: (query: Query, request: FastifyRequest, reply: FastifyReply) => unknown;
};

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
