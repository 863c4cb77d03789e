import type { Probe } from "@purser/api";
import { ask } from "./ask.ts";

/** Sends a test event through the server's own listeners, the way a client would. */
export const sendProbe = (): Promise<Probe> => ask("/probe", {}, { method: "POST" });
