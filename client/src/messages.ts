/** What an error says, in one line. */
export const messageOf = (error: unknown): string =>
	(error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ").slice(0, 300);
