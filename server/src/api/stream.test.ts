import type { AddressInfo } from "node:net";
import fastify from "fastify";
import { expect, test } from "vitest";
import { LiveStream } from "./stream.ts";

test("a stream ends when its key is withdrawn, and others go on", async () => {
	const keys = new Set(["ada", "grace"]);
	const stream = new LiveStream((key) => keys.has(key), 20);
	const app = fastify();
	app.get("/stream", (request, reply) => stream.route.handle({}, request, reply));
	await app.listen({ host: "127.0.0.1", port: 0 });
	const address = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/stream`;
	try {
		const open = async (key: string) => (await fetch(address, { headers: { authorization: `Bearer ${key}` } })).body!;
		const [ada, grace] = [(await open("ada")).getReader(), (await open("grace")).getReader()];
		keys.delete("ada");
		while (!(await ada.read()).done);
		stream.received("logs");
		let text = "";
		while (!text.includes("event: received")) text += Buffer.from((await grace.read()).value ?? "").toString();
		expect(text).toContain('{"signal":"logs"}');
		await grace.cancel();
	} finally {
		stream.close();
		await app.close();
	}
});
