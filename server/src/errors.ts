/**
 * Two kinds of expected failure, named for what the sender should do. Anything else that is thrown is a bug of ours: it is
 * logged here, and the sender learns nothing of it.
 */

/** Will never be accepted: do not send again. `httpStatus` is what OTLP/HTTP answers. */
export class PermanentError extends Error {
	readonly httpStatus: number;

	constructor(message: string, httpStatus = 400) {
		super(message);
		this.name = "PermanentError";
		this.httpStatus = httpStatus;
	}
}

/** Not now: send the same again after `retryAfterSeconds`. Senders obey 1 to 5 s; at 30 s they drop the data at once. */
export class RetryableError extends Error {
	readonly retryAfterSeconds: number;
	readonly httpStatus: 429 | 503;

	constructor(message: string, retryAfterSeconds = 2, httpStatus: 429 | 503 = 503) {
		super(message);
		this.name = "RetryableError";
		this.retryAfterSeconds = retryAfterSeconds;
		this.httpStatus = httpStatus;
	}
}

/** The user's request cannot be carried out: the message says what to do instead. */
export class UsageError extends Error {
	constructor(message: string) {
		super(message);
		this.name = "MisuseError";
	}
}

/** The thing that was asked for does not exist. The message says what was looked for. */
export class NotFoundError extends Error {
	constructor(message: string) {
		super(message);
		this.name = "NotFoundError";
	}
}

/** The text of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One record cannot be stored. Its neighbours are, and the response reports partial success. */
export class RejectedRecord extends Error {
	constructor(message: string) {
		super(message);
		this.name = "RefusedRecord";
	}
}
