import { ask } from "./ask.ts";

export interface ProbeAnswer {
	ok: boolean;
	checks: { name: string; ok: boolean; detail: string; fix?: string }[];
}

/** Sends a test event through the server's own listeners, the way a client would. */
export const sendProbe = (): Promise<ProbeAnswer> => ask("/probe", { method: "POST" });
