import type { SessionAnswer, SessionsAnswer, SessionsParameters } from "@purser/api";
import { addressOf, ask } from "./ask.ts";
import { type ViewPeriod, viewParameters } from "./view-parameters.ts";

export interface SessionsQuestion extends ViewPeriod {
	order: string;
}

const parametersOf = ({ order, ...view }: SessionsQuestion): SessionsParameters => ({ ...viewParameters(view), order });

export const askSessions = (question: SessionsQuestion, cursor: string, signal: AbortSignal): Promise<SessionsAnswer> =>
	ask("/sessions", { ...parametersOf(question), limit: 100, ...(cursor !== "" && { cursor }) }, { signal });

export const sessionsCsv = (question: SessionsQuestion): string =>
	addressOf("/sessions", { ...parametersOf(question), limit: 1000, format: "csv" });

/** One session; of a long one, the first items, and all of one prompt when asked for. */
export const askSession = (id: string, prompt: string | undefined, signal: AbortSignal): Promise<SessionAnswer> =>
	ask(`/sessions/${encodeURIComponent(id)}`, { limit: prompt === undefined ? 2000 : 5000, prompt }, { signal });
