import { createRandom } from "../../../demo/src/random.ts";
import { hostileTexts } from "../hostile.ts";

/** Pseudo-random choices, equal for equal seeds. */
export class Random {
	readonly #next: () => number;

	constructor(seed: number) {
		this.#next = createRandom(seed);
	}

	/** A whole number from 0 up to, and without, that one. */
	below(most: number): number {
		return Math.floor(this.#next() * most);
	}

	/** True once in so many times. */
	oneIn(many: number): boolean {
		return this.below(many) === 0;
	}

	of<Item>(items: readonly Item[]): Item {
		return items[this.below(items.length)]!;
	}

	list<Item>(most: number, make: () => Item): Item[] {
		return Array.from({ length: this.below(most + 1) }, make);
	}

	bytes(length: number): Buffer {
		return Buffer.from(Array.from({ length }, () => this.below(256)));
	}

	/** Returns a name or a text that a client may send: hostile, of any letters, or two together. */
	text(): string {
		switch (this.below(5)) {
			case 0:
				return String.fromCharCode(...this.list(12, () => this.below(0x10000)));
			case 1:
				return this.of(hostileTexts) + this.of(hostileTexts);
			case 2:
				return String(this.of(numbers));
			case 3:
				return this.of(["x", "ü", "'", "\0"]).repeat(this.of([0, 1, 127, 1024, 1025, 5000]));
			default:
				return this.of(hostileTexts);
		}
	}

	/** Bytes with some of them flipped, cut out, put in, or taken from others. */
	mutated(bytes: Uint8Array, others: readonly Uint8Array[]): Buffer {
		let mutated = Buffer.from(bytes);
		for (let times = 1 + this.below(4); times > 0; times--) {
			const at = this.below(mutated.length + 1);
			const other = this.of(others);
			const from = this.below(other.length + 1);
			const put = this.of([this.bytes(this.below(12)), Buffer.from(this.text()), other.subarray(from, from + this.below(2000))]);
			mutated = Buffer.concat([mutated.subarray(0, at), put, mutated.subarray(at + this.of([0, 0, 1, 2, 30]))]);
			if (at < mutated.length && this.oneIn(2)) mutated[at]! ^= 1 << this.below(8);
		}
		return mutated;
	}
}

export const numbers: readonly (number | string)[] = [
	0,
	-1,
	1,
	2 ** 31,
	2 ** 53,
	-(2 ** 63),
	1e300,
	-1e300,
	1e-300,
	"NaN",
	"Infinity",
	"-Infinity",
	"9223372036854775807",
	"18446744073709551616",
	"1e999",
	"0x10",
];
