import type { AnswersRequest, BatchAnswer, ProblemDetails } from "@purser/api";
import { addressOf, type Parameters } from "./ask.ts";
import { Problem, problemOf } from "./problem.ts";

interface Waiting {
	path: string;
	parameters: Parameters;
	signal: AbortSignal | undefined;
	resolve(answer: unknown): void;
	reject(problem: unknown): void;
}

/** The server answers so many questions in one request. */
const maxQuestions = 32;

let waiting: Waiting[] = [];
let spentMs = 0;

/** The milliseconds that batches took since the page was opened, from request to last answer. */
export const batchMsSpent = (): number => spentMs;

/** Asks a question together with all others of the same moment, in one request. Resolves as soon as its own answer has arrived. */
export function askTogether<Answer>(path: string, parameters: Parameters, signal?: AbortSignal): Promise<Answer> {
	return new Promise<Answer>((resolve, reject) => {
		if (waiting.length === 0) setTimeout(sendWaiting);
		waiting.push({
			path: addressOf(path),
			parameters,
			signal,
			resolve: resolve as (answer: unknown) => void,
			reject,
		});
	});
}

function sendWaiting(): void {
	const all = waiting.filter(({ signal }) => !signal?.aborted);
	waiting = [];
	for (let i = 0; i < all.length; i += maxQuestions) void send(all.slice(i, i + maxQuestions));
}

const noAnswer = (): Problem => new Problem("The server does not answer", 0, "cannot reach the server: the connection failed");

async function send(batch: readonly Waiting[]): Promise<void> {
	const started = performance.now();
	const open = new Set(batch);
	try {
		const response = await fetch(addressOf("/answers"), {
			method: "POST",
			headers: { "content-type": "application/json", accept: "application/x-ndjson" },
			body: JSON.stringify({ questions: batch.map(({ path, parameters }) => ({ path, parameters })) } satisfies AnswersRequest),
			signal: abortedWithAll(batch),
		});
		if (!response.ok || !response.body) throw await problemOf(response);
		for await (const line of linesOf(response.body)) {
			const { index, status, body } = JSON.parse(line) as BatchAnswer;
			const question = batch[index]!;
			open.delete(question);
			const { title, detail } = body as ProblemDetails;
			if (status === 200) question.resolve(body);
			else question.reject(new Problem(title, status, detail));
		}
		for (const { reject } of open) reject(noAnswer());
	} catch (error) {
		for (const { reject } of open) reject(error instanceof Problem ? error : noAnswer());
	}
	spentMs += performance.now() - started;
}

/** A signal that ends the request once the page needs none of its answers. */
function abortedWithAll(batch: readonly Waiting[]): AbortSignal | null {
	const signals = batch.map(({ signal }) => signal).filter((signal) => signal !== undefined);
	if (signals.length < batch.length) return null;
	const controller = new AbortController();
	for (const signal of signals)
		signal.addEventListener("abort", () => signals.every(({ aborted }) => aborted) && controller.abort());
	return controller.signal;
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
	const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
	let rest = "";
	for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
		const lines = (rest + chunk.value).split("\n");
		rest = lines.pop()!;
		yield* lines;
	}
}
