/** A result of doctor. A note is worth knowing and not a failure. */
export type Check = {
	readonly state: "ok" | "failed" | "note";
	readonly name: string;
	/** The observation, and for a failure its cause. */
	readonly detail: string;
	/** The next step for the user. */
	readonly fix?: string;
};

export const ok = (name: string, detail: string): Check => ({ state: "ok", name, detail });
export const failed = (name: string, detail: string, fix: string): Check => ({ state: "failed", name, detail, fix });
export const note = (name: string, detail: string, fix?: string): Check => ({ state: "note", name, detail, ...(fix && { fix }) });
