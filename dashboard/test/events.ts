import { post } from "../../server/test/send.ts";

export type Values = Readonly<Record<string, string | number | boolean>>;

export interface SentEvent {
	event: string;
	attributes?: Values;
	/** Now, unless said. */
	at?: number;
}

export const claude: Values = { "service.name": "claude-code", "service.version": "2.1.329", "os.type": "linux" };

const anyValue = (value: string | number | boolean) =>
	typeof value === "string"
		? { stringValue: value }
		: typeof value === "boolean"
			? { boolValue: value }
			: Number.isInteger(value)
				? { intValue: value }
				: { doubleValue: value };

const listOf = (values: Values) => Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));

/** Sends events as Claude Code does over HTTP/JSON. */
export async function sendEvents(http: string, events: readonly SentEvent[], resource: Values = claude): Promise<void> {
	const logRecords = events.map(({ event, attributes = {}, at = Date.now() }, sequence) => ({
		timeUnixNano: String(BigInt(at) * 1_000_000n),
		observedTimeUnixNano: String(BigInt(at) * 1_000_000n),
		body: { stringValue: `claude_code.${event}` },
		attributes: listOf({
			"user.id": "5b589269c1ea7c52",
			"user.email": "ana@example.org",
			"session.id": "8da4d575-1e09-4fd8-b018-fc5f383ee78f",
			"event.name": event,
			"event.timestamp": new Date(at).toISOString(),
			"event.sequence": sequence,
			...attributes,
		}),
	}));
	const scope = { name: "com.anthropic.claude_code.events", version: "2.1.329" };
	const body = { resourceLogs: [{ resource: { attributes: listOf(resource) }, scopeLogs: [{ scope, logRecords }] }] };
	const { status } = await post(
		`http://${http}/v1/logs`,
		{ "content-type": "application/json" },
		Buffer.from(JSON.stringify(body)),
	);
	if (status !== 200) throw new Error(`cannot send events: ${status}`);
}
