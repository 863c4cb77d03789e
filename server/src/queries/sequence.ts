/** Sequence numbers of a session that follow one another, in the order in which their events happened. */
export type Run = { readonly first: number; readonly last: number; readonly fromMs: number; readonly toMs: number };

/** Numbers that are not there: between `after` and `before`, of events that happened between the two times. */
export type SequenceGap = { readonly after: number; readonly before: number; readonly fromMs: number; readonly toMs: number };

export type Sequences = { readonly processes: number; readonly holes: readonly SequenceGap[] };

type Process = { last: number; lastMs: number };

/**
 * Finds the gaps in the numbers of one session. Each process counts from its own beginning, one may continue where another
 * ended or run in parallel, and nothing in an event identifies its process. So a number continues the process that it follows
 * most closely; one that is smaller than all begins another process. Where that is not certain fewer are missing rather than
 * more.
 */
export function sequenceGaps(runs: readonly Run[]): Sequences {
	const processes: Process[] = [];
	const holes: SequenceGap[] = [];
	for (const run of runs) {
		let closest: Process | undefined;
		for (const process of processes) {
			if (process.last < run.first && (!closest || process.last >= closest.last)) closest = process;
		}
		if (!closest) {
			processes.push({ last: run.last, lastMs: run.toMs });
			continue;
		}
		if (run.first > closest.last + 1) {
			holes.push({ after: closest.last, before: run.first, fromMs: closest.lastMs, toMs: run.fromMs });
		}
		closest.last = run.last;
		closest.lastMs = run.toMs;
	}
	return { processes: processes.length, holes };
}

/**
 * Counts the missing numbers of a gap: a process that turned to another session for a while (after `/clear`, say) used some of
 * them there, at that time.
 */
export function missingIn(hole: SequenceGap, others: readonly Run[]): number {
	const within = others
		.filter(({ fromMs, toMs }) => fromMs >= hole.fromMs && toMs <= hole.toMs)
		.map(({ first, last }) => [Math.max(first, hole.after + 1), Math.min(last, hole.before - 1)] as const)
		.filter(([first, last]) => first <= last)
		.sort((a, b) => a[0] - b[0]);
	let [missing, reached] = [hole.before - hole.after - 1, hole.after];
	for (const [first, last] of within) {
		missing -= Math.max(0, last - Math.max(first - 1, reached));
		reached = Math.max(reached, last);
	}
	return missing;
}
