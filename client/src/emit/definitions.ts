/** The definitions of one of the contract's shelves, each with the name of the method that it becomes. */
export const definitionsOf = <Definition extends object>(shelf: object): [string, Definition][] =>
	Object.entries(shelf).filter((entry): entry is [string, Definition] => !Array.isArray(entry[1]));
