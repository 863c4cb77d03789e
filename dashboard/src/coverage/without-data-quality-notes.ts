import type { AskedCoverage } from "../view/use-coverage.ts";

/** The answer for a panel that its notes are not about. */
export const withoutNotes = ({ answer, problem, stale }: AskedCoverage) => ({ answer: answer && { meta: {} }, problem, stale });
