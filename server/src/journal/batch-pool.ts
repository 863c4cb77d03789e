import { Batch } from "../normalize/batch.ts";

/** Reuses the memory of batches whose segments have been loaded. */
export class BatchPool {
	readonly #spare: Batch[] = [];
	readonly #maxSpare: number;

	constructor(maxSpare: number) {
		this.#maxSpare = maxSpare;
	}

	take(): Batch {
		return this.#spare.pop() ?? new Batch();
	}

	/** Takes a batch back. Its blocks are no longer valid. */
	recycle(batch: Batch): void {
		batch.clear();
		if (this.#spare.length < this.#maxSpare) this.#spare.push(batch);
	}
}
