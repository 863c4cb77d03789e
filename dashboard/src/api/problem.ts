/** The failure of a request, as the server reported it (RFC 9457) or as the browser noticed it. */
export class Problem extends Error {
	override name = "Problem";
	readonly title: string;
	/** 0 when there was no answer at all. */
	readonly status: number;

	constructor(title: string, status: number, detail: string) {
		super(detail);
		this.title = title;
		this.status = status;
	}

	/** The next step for the reader. */
	get advice(): string {
		if (this.status === 0) return "Check that Purser is still running: the page asks again by itself.";
		if (this.status === 401 || this.status === 403) return "Sign in again, or ask the administrator of this Purser for access.";
		if (this.status === 429 || this.status === 503) return "This passes by itself: the page asks again.";
		if (this.status >= 500) return "Try again; if it stays, the server's log says more.";
		return "Change the filters or the period: the question as it stands has no answer.";
	}

	get passes(): boolean {
		return this.status === 0 || this.status === 429 || this.status >= 500;
	}
}

export async function problemOf(response: Response): Promise<Problem> {
	const fallback = `${response.status} ${response.statusText}`.trim();
	if (!response.headers.get("content-type")?.includes("json")) return new Problem(fallback, response.status, fallback);
	const body = (await response.json().catch(() => undefined)) as { title?: unknown; detail?: unknown } | undefined;
	const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : fallback);
	return new Problem(text(body?.title), response.status, text(body?.detail));
}

export const asProblem = (error: unknown): Problem =>
	error instanceof Problem ? error : new Problem("No answer", 0, error instanceof Error ? error.message : String(error));
