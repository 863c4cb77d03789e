/** Nanoseconds in two halves, as the wire has them. */
export type Nanoseconds = { low: number; high: number };

const earliest = Date.UTC(2020, 0, 1) * 1e6;
const day = 86_400_000;

/**
 * Returns true if a time can date a row: after 2020, which is before any agent, and not more than a day ahead of the receiver's
 * clock. Other times are kept in `time_sent`, and the row is dated by its time of observation or receipt: one broken clock must
 * not make partitions in the year 2106.
 */
export function isUsable(low: number, high: number, nowMs: number): boolean {
	const ns = high * 0x1_0000_0000 + low;
	return ns >= earliest && ns <= (nowMs + day) * 1e6;
}

export function nanosecondsOf(ms: number): Nanoseconds {
	const ns = BigInt(Math.trunc(ms)) * 1_000_000n;
	return { low: Number(ns & 0xffffffffn), high: Number(ns >> 32n) };
}

/** a − b as a signed 64-bit number, in two halves. */
export function difference(aLow: number, aHigh: number, bLow: number, bHigh: number, into: Nanoseconds): void {
	const low = aLow - bLow;
	into.low = low >>> 0;
	into.high = (aHigh - bHigh - (low < 0 ? 1 : 0)) >>> 0;
}
