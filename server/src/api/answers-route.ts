import { Readable } from "node:stream";
import { type AnswersRequest, answersRequest, answersResponse, type BatchAnswer, maxQuestions } from "@purser/api";
import type { FastifyRequest } from "fastify";
import { NotFoundError, UsageError } from "../errors.ts";
import type { Log } from "../log.ts";
import { parameterProblem, querySchemaOf } from "./parameters.ts";
import { type Problem, problemOf } from "./problem.ts";
import { type ActionRoute, action, type Query, type QuestionRoute } from "./route.ts";

const ndjson = "application/x-ndjson";

/** Answers several questions in one request. A page asks all it shows at once, and they are about the same instant. */
export const answersRoute = (routes: readonly QuestionRoute[], log: Log): ActionRoute =>
	action({
		method: "POST",
		path: "/api/v1/answers",
		summary: `Answer up to ${maxQuestions} questions; each can fail alone. Accept: ${ndjson} for a line per answer, without waiting for the others`,
		body: answersRequest,
		response: answersResponse,
		example: {
			answers: [
				{ index: 0, status: 200, body: { rows: [{ cost_usd: 1.25 }], meta: {} } },
				{ index: 1, status: 400, body: { type: "about:blank", title: "Bad request", status: 400, detail: "…" } },
			],
		},
		handle: async (_query, request, reply) => {
			const nowMs = Date.now();
			const { questions } = request.body as AnswersRequest;
			const answers = questions.map(async (question, index): Promise<BatchAnswer> => {
				try {
					const { route, query } = checked(routes, question, request);
					return { index, status: 200, body: (await route.answer(query, nowMs)).body };
				} catch (error) {
					const problem: Problem = problemOf(error, log);
					return { index, status: problem.status, body: problem };
				}
			});
			if (!request.headers.accept?.includes(ndjson)) return { answers: await Promise.all(answers) };
			return reply.type(ndjson).send(Readable.from(asTheyCome(answers)));
		},
	});

/** Finds the route of a question and checks its parameters, as its own GET does. */
function checked(
	routes: readonly QuestionRoute[],
	{ path, parameters = {} }: AnswersRequest["questions"][number],
	request: FastifyRequest,
) {
	for (const route of routes) {
		const inPath = parametersInPath(route.path, path);
		if (!inPath) continue;
		const query = { ...parameters, ...inPath } as Record<string, unknown>;
		const validate = request.getValidationFunction(querySchemaOf(route)) ?? request.compileValidationSchema(querySchemaOf(route));
		if (!validate(query)) throw new UsageError(parameterProblem(route, validate.errors ?? []));
		return { route, query: query as Query };
	}
	throw new NotFoundError(`there is no question ${path.slice(0, 100)}; GET /openapi.json lists them`);
}

/** The parameters that stand in the path of a question; undefined where it is another route's path. */
function parametersInPath(pattern: string, path: string): Record<string, string> | undefined {
	const [expected, given] = [pattern.split("/"), path.split("/")];
	if (expected.length !== given.length) return undefined;
	const found: Record<string, string> = {};
	for (const [i, part] of expected.entries()) {
		const name = /^\{(\w+)\}$/.exec(part)?.[1];
		if (name === undefined ? part !== given[i] : given[i] === "") return undefined;
		if (name !== undefined) found[name] = decoded(given[i]!);
	}
	return found;
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		throw new UsageError(`cannot read the path: "${text.slice(0, 80)}" is not percent-encoded text`);
	}
}

/** Yields each answer as a line of JSON, the first known first. None of the promises may reject. */
async function* asTheyCome(answers: readonly Promise<BatchAnswer>[]): AsyncGenerator<string> {
	const pending = new Map(answers.map((answer, index) => [index, answer]));
	while (pending.size > 0) {
		const answer = await Promise.race(pending.values());
		pending.delete(answer.index);
		yield `${JSON.stringify(answer)}\n`;
	}
}
