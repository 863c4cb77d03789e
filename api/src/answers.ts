import { Type } from "typebox";
import type { Of } from "./schema.ts";

export const maxQuestions = 32;

export const answersRequest = Type.Object(
	{
		questions: Type.Array(
			Type.Object(
				{
					path: Type.String({ maxLength: 2000, description: "Path of the question's GET, e.g. /api/v1/usage" }),
					parameters: Type.Optional(
						Type.Unsafe<Record<string, unknown>>({
							type: "object",
							description: "Parameters of the question's GET; lists as arrays",
						}),
					),
				},
				{ additionalProperties: false },
			),
			{ minItems: 1, maxItems: maxQuestions },
		),
	},
	{ additionalProperties: false },
);
/** Several questions in one request. */
export type AnswersRequest = Of<typeof answersRequest>;

const batchAnswer = Type.Object({
	index: Type.Integer({ description: "The question's place" }),
	status: Type.Integer({ description: "As of its own GET" }),
	body: Type.Unsafe<object>({ type: "object" }),
});
/** The answer to one question of a batch: a line of its own where x-ndjson was accepted. */
export type BatchAnswer = Of<typeof batchAnswer>;

export const answersResponse = Type.Object({ answers: Type.Array(batchAnswer) });
