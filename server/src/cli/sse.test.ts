import { expect, test } from "vitest";
import { type ServerSentEvent, serverSentEvents } from "./sse.ts";

async function read(chunks: readonly string[]): Promise<ServerSentEvent[]> {
	async function* body() {
		for (const chunk of chunks) yield Buffer.from(chunk);
	}
	const events: ServerSentEvent[] = [];
	for await (const event of serverSentEvents(body())) events.push(event);
	return events;
}

test("events are separated wherever the chunks end", async () => {
	const text = 'retry: 2000\n\n: still here\n\nevent: stored\ndata: {"events":3}\n\ndata: a\ndata: b\n\n';
	const expected = [
		{ event: "stored", data: '{"events":3}' },
		{ event: "message", data: "a\nb" },
	];
	expect(await read([text])).toEqual(expected);
	expect(await read([...text])).toEqual(expected);
	expect(await read([text.replaceAll("\n", "\r\n")])).toEqual(expected);
});
