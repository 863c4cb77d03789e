/** A stretch of time in milliseconds. */
export interface Stretch {
	from: number;
	to: number;
}

export interface TimeAxis {
	/** Returns the place of an instant, from 0 to 1. */
	at(instant: number): number;
	/** Pauses that are drawn shorter than they were. */
	cuts: (Stretch & { start: number; end: number })[];
	/** Starts of each stretch of work. */
	marks: { instant: number; at: number }[];
}

/** A pause is shown as such up to this share of the time worked. */
const longest = 0.06;
const shortestPauseMs = 5_000;

/** An axis on which work has room: pauses in which nothing ran, for a coffee or a night, are cut short. */
export function timeAxis(stretches: readonly Stretch[]): TimeAxis {
	const busy: Stretch[] = [];
	for (const { from, to } of stretches.toSorted((a, b) => a.from - b.from)) {
		const last = busy.at(-1);
		if (last && from - last.to <= shortestPauseMs) last.to = Math.max(last.to, to);
		else busy.push({ from, to });
	}
	const worked = busy.reduce((sum, { from, to }) => sum + to - from, 0) || 1;
	const most = Math.max(worked * longest, 1);
	const pieces: { from: number; to: number; start: number; end: number; cut: boolean }[] = [];
	let width = 0;
	const add = (from: number, to: number, size: number, cut: boolean) => {
		pieces.push({ from, to, start: width, end: width + size, cut });
		width += size;
	};
	for (const [i, stretch] of busy.entries()) {
		const before = busy[i - 1];
		if (before) {
			const pause = stretch.from - before.to;
			add(before.to, stretch.from, Math.min(pause, most), pause > most);
		}
		// A single instant has some room too.
		add(stretch.from, stretch.to, Math.max(stretch.to - stretch.from, worked * 0.002, 1), false);
	}
	const whole = width || 1;
	const at = (instant: number): number => {
		const piece = pieces.find(({ to }) => instant <= to) ?? pieces.at(-1);
		if (!piece) return 0;
		const share = piece.to === piece.from ? 0 : (instant - piece.from) / (piece.to - piece.from);
		return (piece.start + Math.min(1, Math.max(0, share)) * (piece.end - piece.start)) / whole;
	};
	return {
		at,
		cuts: pieces.flatMap(({ from, to, start, end, cut }) => (cut ? [{ from, to, start: start / whole, end: end / whole }] : [])),
		marks: [
			...pieces.flatMap(({ from, start }, i) => (i === 0 || pieces[i - 1]?.cut ? [{ instant: from, at: start / whole }] : [])),
		],
	};
}

/** Marks with room for their label between them. */
export function spaced<Mark extends { at: number }>(marks: readonly Mark[], room: number): Mark[] {
	const kept: Mark[] = [];
	for (const mark of marks) if (kept.length === 0 || mark.at - kept.at(-1)!.at >= room) kept.push(mark);
	return kept.filter(({ at }) => at <= 1 - room / 2);
}
