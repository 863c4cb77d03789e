import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Load, Sent } from "./generator.ts";

/** Sends from another process; `onStart` is called when everything is prepared and the clock starts. */
export async function send(load: Load, onStart: () => void = () => undefined): Promise<Sent> {
	const child = fork(fileURLToPath(new URL("./generator.ts", import.meta.url)), [JSON.stringify(load)]);
	await once(child, "message");
	onStart();
	child.send("go");
	const [sent] = (await once(child, "message")) as [Sent];
	return sent;
}
