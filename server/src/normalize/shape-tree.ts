import type { Entry } from "./intern-table.ts";
import { kinds } from "./shape.ts";

export type ShapeNode = {
	readonly place: number;
	readonly kind: number;
	readonly parent: ShapeNode | undefined;
	/** The node that followed last time, and most likely follows again. */
	next: ShapeNode | undefined;
	/** Everything that has come after it. */
	readonly children: ShapeNode[];
	/** Its text, once a record ended here. */
	entry: Entry<Buffer> | undefined;
};

const node = (place: number, kind: number, parent: ShapeNode | undefined): ShapeNode => ({
	place,
	kind,
	parent,
	next: undefined,
	children: [],
	entry: undefined,
});

/** Shapes are few; a client that invents new ones cannot exhaust memory. */
const maxNodes = 100_000;

/**
 * All shapes seen, as a tree of attributes in their order: a record walks it while it is read, so that its shape costs nothing
 * more, and the current node predicts the next attribute.
 */
export class ShapeTree {
	readonly #places: readonly string[];
	#root = node(-1, 0, undefined);
	/** The node of the record being read. */
	at = this.#root;
	#size = 0;

	/** `places` are named in the text. */
	constructor(places: readonly string[]) {
		this.#places = places;
	}

	begin(): void {
		if (this.#size > maxNodes) {
			this.#root = node(-1, 0, undefined);
			this.#size = 0;
		}
		this.at = this.#root;
	}

	/** One attribute more: its place and its kind (AnyValue's field number). */
	note(place: number, kind: number): void {
		const at = this.at;
		const { next } = at;
		if (next !== undefined && next.place === place && next.kind === kind) {
			this.at = next;
			return;
		}
		let child = at.children.find((each) => each.place === place && each.kind === kind);
		if (!child) {
			child = node(place, kind, at);
			at.children.push(child);
			this.#size++;
		}
		at.next = child;
		this.at = child;
	}

	/** The shape of the record that ends here. */
	entry(): Entry<Buffer> {
		const at = this.at;
		at.entry ??= { value: this.#text(at), batch: -1, index: 0 };
		return at.entry;
	}

	#text(end: ShapeNode): Buffer {
		const tokens: string[] = [];
		for (let at: ShapeNode | undefined = end; at?.parent; at = at.parent)
			tokens.push(`${this.#places[at.place]}:${kinds[at.kind]}`);
		return Buffer.from(tokens.reverse().join(" "));
	}
}
