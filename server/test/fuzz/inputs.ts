import type { Random } from "./random.ts";
import type { Target } from "./target.ts";

/** One input. `run` returns what is wrong about its outcome, if anything is. */
export type Input = { readonly what: string; readonly run: () => Promise<string | undefined> };

/** Makes inputs of one kind, one after the other. */
export type Inputs = (random: Random, target: Target) => Promise<() => Input>;

/** Answers that an HTTP server may give to anything: never an internal error. */
const expected: ReadonlySet<number> = new Set([
	200, 400, 401, 403, 404, 405, 406, 408, 409, 411, 413, 414, 415, 422, 429, 431, 501, 503,
]);

export const judge = (status: number, text: string, { secret }: Target): string | undefined => {
	if (text.includes(secret)) return "the secret was disclosed";
	return expected.has(status) ? undefined : `status ${status}: ${text.slice(0, 300)}`;
};
