/** A list in pieces of no more than so many characters, each item with `lengthOf` it: what is bound goes in a request's address. */
export function* chunk<Item>(items: readonly Item[], most: number, lengthOf: (item: Item) => number): Generator<Item[]> {
	let piece: Item[] = [];
	let length = 0;
	for (const item of items) {
		const own = lengthOf(item);
		if (length + own > most && piece.length > 0) {
			yield piece;
			[piece, length] = [[], 0];
		}
		piece.push(item);
		length += own;
	}
	if (piece.length > 0) yield piece;
}
