import { digestBytes } from "./segment.ts";

/**
 * The digests of the requests of a while: 16 bytes each in one open-addressed table, because an hour of a large organization
 * is millions of them. Nothing is ever removed from
 * it: a set that is too old is dropped whole.
 */
export class DigestSet {
	#words = new Uint32Array(4 * 256);
	#used = 0;

	get size(): number {
		return this.#used;
	}

	has(digest: Buffer): boolean {
		return this.#words[this.#find(digest) + 3] !== 0;
	}

	add(digest: Buffer): void {
		if (this.#used * 2 >= this.#words.length / 4) this.#grow();
		const at = this.#find(digest);
		if (this.#words[at + 3] !== 0) return;
		for (let i = 0; i < 4; i++) this.#words[at + i] = digest.readUInt32LE(i * 4);
		// The last word marks a taken place, so it is never 0.
		this.#words[at + 3] = this.#words[at + 3]! | 1;
		this.#used++;
	}

	/** Returns the place of a digest, or the free place where it would go. */
	#find(digest: Buffer): number {
		const a = digest.readUInt32LE(0);
		const b = digest.readUInt32LE(4);
		const c = digest.readUInt32LE(8);
		const d = (digest.readUInt32LE(12) | 1) >>> 0;
		const words = this.#words;
		const mask = words.length / 4 - 1;
		let place = a & mask;
		while (true) {
			const at = place * 4;
			if (words[at + 3] === 0) return at;
			if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return at;
			place = (place + 1) & mask;
		}
	}

	#grow(): void {
		const old = this.#words;
		this.#words = new Uint32Array(old.length * 2);
		const digest = Buffer.alloc(digestBytes);
		for (let at = 0; at < old.length; at += 4) {
			if (old[at + 3] === 0) continue;
			for (let i = 0; i < 4; i++) digest.writeUInt32LE(old[at + i]!, i * 4);
			const to = this.#find(digest);
			for (let i = 0; i < 4; i++) this.#words[to + i] = old[at + i]!;
		}
	}
}
