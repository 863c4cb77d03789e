import type { FastifyReply } from "fastify";
import { messageOf, NotFoundError, RetryableError, UsageError } from "../errors.ts";
import type { Log } from "../log.ts";
import { TooExpensiveError } from "../store/store.ts";

const titles: Readonly<Record<number, string>> = {
	400: "Bad request",
	401: "Unauthorized",
	403: "Forbidden",
	404: "Not found",
	405: "Method not allowed",
	422: "Too expensive",
	500: "Internal error",
	503: "Not now",
};

/** RFC 9457 problem details. */
export function problem(reply: FastifyReply, status: number, detail: string): FastifyReply {
	return reply
		.code(status)
		.type("application/problem+json")
		.send(JSON.stringify(described(status, detail)));
}

/** RFC 9457 problem details of a failure, with the seconds after which the same request may succeed. */
export type Problem = {
	readonly type: "about:blank";
	readonly title: string;
	readonly status: number;
	readonly detail: string;
	readonly retryAfterSeconds?: number;
};

/** Explains an error to the caller. Details of a bug go to the log only. */
export function problemOf(error: unknown, log: Log): Problem {
	if (error instanceof UsageError) return described(400, error.message);
	if (error instanceof NotFoundError) return described(404, error.message);
	if (error instanceof TooExpensiveError)
		return described(422, "the question takes too long or too much memory: ask for a shorter period or fewer dimensions");
	if (error instanceof RetryableError) {
		return {
			...described(503, "the store does not answer at the moment; records that arrive are stored later. Retry in a few seconds"),
			retryAfterSeconds: error.retryAfterSeconds,
		};
	}
	const { statusCode } = error as { statusCode?: number };
	if (statusCode && statusCode < 500) return described(statusCode, messageOf(error));
	log.error(`${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}`);
	return described(500, "something went wrong here; the server's log says more");
}

const described = (status: number, detail: string): Problem => ({
	type: "about:blank",
	title: titles[status] ?? "Error",
	status,
	detail,
});

export function answerProblem(reply: FastifyReply, error: unknown, log: Log): FastifyReply {
	const { retryAfterSeconds, status, detail } = problemOf(error, log);
	if (retryAfterSeconds !== undefined) reply.header("Retry-After", String(retryAfterSeconds));
	return problem(reply, status, detail);
}
