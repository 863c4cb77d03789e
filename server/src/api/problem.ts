import type { FastifyReply } from "fastify";
import { messageOf, RetryableError, UsageError } from "../errors.ts";
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
		.send(JSON.stringify({ type: "about:blank", title: titles[status] ?? "Error", status, detail }));
}

/** What went wrong, for whoever asked: a bug is told to the log only. */
export function answerProblem(reply: FastifyReply, error: unknown, log: (message: string) => void): FastifyReply {
	if (error instanceof UsageError) return problem(reply, 400, error.message);
	if (error instanceof TooExpensiveError)
		return problem(reply, 422, "the question takes too long or too much memory: ask for a shorter period or fewer dimensions");
	if (error instanceof RetryableError) {
		return problem(
			reply.header("Retry-After", String(error.retryAfterSeconds)),
			503,
			"the store does not answer just now; what arrives meanwhile is kept. Try again in a few seconds",
		);
	}
	const known = error as { statusCode?: number; validation?: unknown };
	if (known.statusCode && known.statusCode < 500) return problem(reply, known.statusCode, messageOf(error));
	log(`api: ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}`);
	return problem(reply, 500, "something went wrong here; the server's log says more");
}
