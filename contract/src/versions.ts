import { quirks } from "./claude-code/quirks.ts";
import type { QuirkDefinition } from "./define.ts";

/** Numbers separated by dots; what follows them (`-beta.1`, ` (native)`) does not count. */
const version = /^\d+(?:\.\d+)*/;

/**
 * Orders versions by their numbers, `2.0.9` before `2.0.10`; missing ones are 0. A text that is no version comes before all
 * that are.
 */
export const compareVersions = (a: string, b: string): number => {
	const left = version.exec(a)?.[0].split(".").map(Number) ?? [-1];
	const right = version.exec(b)?.[0].split(".").map(Number) ?? [-1];
	for (let i = 0; i < Math.max(left.length, right.length); i++) {
		const difference = (left[i] ?? 0) - (right[i] ?? 0);
		if (difference !== 0) return Math.sign(difference);
	}
	return 0;
};

/**
 * The quirks of one version that touch any of the named metrics, events, spans or attributes; without names all that it
 * has. Of a text that is no version only those are known that every version has.
 */
export const quirksOf = (of: string, names?: readonly string[]): readonly QuirkDefinition[] => {
	const known = version.test(of);
	return Object.freeze(
		quirks.filter(
			({ from, until, touches }) =>
				(from === undefined || (known && compareVersions(of, from) >= 0)) &&
				(until === undefined || (known && compareVersions(of, until) < 0)) &&
				(names === undefined || names.some((name) => touches.includes(name))),
		),
	);
};
