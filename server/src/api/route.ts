import type { Of } from "@purser/api";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { TObject, TSchema } from "typebox";

type Described = {
	/** The path with parameters in braces, as in OpenAPI. */
	readonly path: string;
	readonly summary: string;
	/** Schema of the parameters, in path and query. */
	readonly parameters?: TObject;
	/** Schema of the response, if it is JSON. */
	readonly response?: TSchema;
	/** An example of a response. */
	readonly example?: unknown;
};

/** A route that does something else than answer a question about records. */
export type ActionRoute = Described & {
	readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
	/** Schema of the request's body. */
	readonly body?: TSchema;
	readonly handle: (query: Query, request: FastifyRequest, reply: FastifyReply) => unknown;
};

/** A question about records: answered by its own GET, and by `POST /api/v1/answers` together with others. */
export type QuestionRoute = Described & {
	readonly method: "GET";
	/** Throws UsageError for parameters that make no sense together, NotFoundError where what is asked for does not exist. */
	readonly answer: (query: Query, nowMs: number) => Promise<Answer>;
};

type Answer<Body extends object = object> = {
	/** The response as JSON. */
	readonly body: Body;
	/** The rows as CSV, for questions that have the parameter `format`. */
	readonly csv?: () => string;
};

/** A route of the API: requests are checked against its schemas, and the OpenAPI document is derived from them. */
export type Route = ActionRoute | QuestionRoute;

/** Parameters that were checked against their schema. */
export type Query = Readonly<Record<string, unknown>>;

/** A question whose parameters and answer have the types that its schemas describe. */
export const question = <Parameters extends TObject, Response extends TSchema>(
	route: Omit<QuestionRoute, "method" | "parameters" | "response" | "answer"> & {
		readonly parameters: Parameters;
		readonly response: Response;
		readonly example: Of<Response>;
		readonly answer: (query: Of<Parameters>, nowMs: number) => Promise<Answer<Of<Response> & object>>;
	},
): QuestionRoute => ({ method: "GET", ...route, answer: (query, nowMs) => route.answer(query as Of<Parameters>, nowMs) });

/** An action whose parameters and response have the types that its schemas describe. A reply that it sends itself is passed on. */
export const action = <Response extends TSchema, Parameters extends TObject = TObject>(
	route: Omit<ActionRoute, "parameters" | "response" | "handle"> & {
		readonly parameters?: Parameters;
		readonly response: Response;
		readonly example?: Of<Response>;
		readonly handle: (
			query: Of<Parameters>,
			request: FastifyRequest,
			reply: FastifyReply,
		) => Of<Response> | FastifyReply | Promise<Of<Response> | FastifyReply>;
	},
): ActionRoute => ({
	...route,
	handle: (query, request, reply) => route.handle(query as Of<Parameters>, request, reply),
});
