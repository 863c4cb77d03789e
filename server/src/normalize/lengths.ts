/** Names, and all that people, models, tools and sessions are called. */
export const maxNameBytes = 1024;
/** Content: prompts, answers, inputs of tools. */
export const maxValueBytes = 256 * 1024;
/** OTLP's own have 8 and 16. */
export const maxIdBytes = 32;

/** The number of values that were truncated, or omitted because a part of them would mean something else. */
export type Cuts = { count: number };

/** The most bytes that a column's texts may have, and where is counted what was cut. */
export type Limit = { readonly maxBytes: number; readonly cuts: Cuts };

export const noLimit: Limit = Object.freeze({ maxBytes: Number.POSITIVE_INFINITY, cuts: { count: 0 } });

/** Returns the length of the longest prefix of a text with at most so many bytes that ends between two characters. */
export function cutAt(from: DataView, start: number, maxBytes: number): number {
	let end = start + maxBytes;
	while (end > start && (from.getUint8(end) & 0xc0) === 0x80) end--;
	return end;
}
