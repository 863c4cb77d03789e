/** Returns an error's message in one line, for any thrown value. */
export function messageOf(error: unknown): string {
	try {
		return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ").slice(0, 300);
	} catch {
		return "something that is no error was thrown";
	}
}
