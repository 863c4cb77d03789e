/** Rounds numbers to 12 digits: the order in which doubles are added depends on which hours have been rolled up meanwhile. */
export const rounded = (value: unknown): unknown =>
	JSON.parse(JSON.stringify(value), (_, each) => (typeof each === "number" ? Number(each.toPrecision(12)) : each));
