import { logsOf, type Values } from "../../scripts/otlp-json.ts";
import { post } from "../../server/test/send.ts";

export interface SentEvent {
	event: string;
	attributes?: Values;
	/** Now, unless said. */
	at?: number;
}

const claude: Values = { "service.name": "claude-code", "service.version": "2.1.329", "os.type": "linux" };

/** Sends events as Claude Code does over HTTP/JSON. */
export async function sendEvents(http: string, sent: readonly SentEvent[], resource: Values = claude): Promise<void> {
	const events = sent.map(({ event, attributes, at = Date.now() }, sequence) => ({
		at,
		event,
		attributes: {
			"user.id": "5b589269c1ea7c52",
			"user.email": "ana@example.org",
			"session.id": "8da4d575-1e09-4fd8-b018-fc5f383ee78f",
			"event.name": event,
			"event.timestamp": new Date(at).toISOString(),
			"event.sequence": sequence,
			...attributes,
		},
	}));
	const body = Buffer.from(JSON.stringify(logsOf({ resource, events, points: [] })));
	const { status } = await post(`http://${http}/v1/logs`, { "content-type": "application/json" }, body);
	if (status !== 200) throw new Error(`cannot send events: ${status}`);
}
