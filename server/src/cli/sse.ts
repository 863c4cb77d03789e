export type ServerSentEvent = { readonly event: string; readonly data: string };

/** The events of a text/event-stream. @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
export async function* serverSentEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
	const decoder = new TextDecoder();
	let rest = "";
	let event = "";
	let data: string[] = [];
	for await (const chunk of body) {
		const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
		rest = lines.pop()!;
		for (const line of lines) {
			if (line === "") {
				if (data.length > 0) yield { event: event || "message", data: data.join("\n") };
				event = "";
				data = [];
				continue;
			}
			const [, field, value] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
			if (field === "event") event = value ?? "";
			if (field === "data") data.push(value ?? "");
		}
	}
}
