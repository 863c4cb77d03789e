/** What doctor found out about one thing. A note is worth knowing and no failure. */
export type Check = {
	readonly state: "ok" | "failed" | "note";
	readonly name: string;
	/** What was seen, and for a failure the cause. */
	readonly detail: string;
	/** What to do. */
	readonly fix?: string;
};

export const ok = (name: string, detail: string): Check => ({ state: "ok", name, detail });
export const failed = (name: string, detail: string, fix: string): Check => ({ state: "failed", name, detail, fix });
export const note = (name: string, detail: string, fix?: string): Check => ({ state: "note", name, detail, ...(fix && { fix }) });
