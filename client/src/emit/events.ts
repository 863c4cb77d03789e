import type { Context, LoggerProvider } from "@opentelemetry/api";
import { type EventDefinition, event, eventAttributes, scopes } from "@purser/contract";
import type { Content } from "../configuration/content.ts";
import type { DeliveryStats } from "../export/delivery-stats.ts";
import { definitionsOf } from "./definitions.ts";
import type { EmitOptions, Events } from "./derived.ts";
import { encoderOf, type Given, sizeOf, timeOf, type WireAttributes } from "./encode-attributes.ts";
import type { Guard } from "./guard.ts";
import { withBody } from "./raw-bodies.ts";

const loggerScope = scopes.find(({ signal }) => signal === "logs")!.name;

export type EventContext = {
	readonly content: Content;
	readonly standard: () => WireAttributes;
	readonly session: () => string;
	readonly nowMs: () => number;
	/** The prompt being worked on, unless an event names another. */
	readonly promptId: () => string | undefined;
	/** The context of an event: of the span it happened in, or of the caller. */
	readonly contextOf: (circumstances: EmitOptions) => Context;
	/** Names of events that are not sent. */
	readonly withheld: ReadonlySet<string>;
	readonly stats: DeliveryStats;
};

/** One method for each event. What it says of itself comes after what all records say; its number counts from 0. */
export function eventsOf(provider: LoggerProvider, version: string, surroundings: EventContext, guard: Guard): Events {
	const { content, standard, session, nowMs, promptId, contextOf, withheld, stats } = surroundings;
	const logger = provider.getLogger(loggerScope, version);
	let sequence = 0;
	const emitters = definitionsOf<EventDefinition>(event).map(([method, { name, attributes: own, startup }]) => {
		const encode = encoderOf([...eventAttributes.map((attribute) => ({ attribute })), ...own], content);
		const isRequest = name === "api_request_body";
		const isBody = isRequest || name === "api_response_body";
		const emit = (given: Given = {}, circumstances: EmitOptions = {}): void => {
			if (withheld.has(name)) return;
			const timestamp = timeOf(circumstances.at ?? nowMs());
			const attributes = standard();
			attributes["event.name"] = name;
			attributes["event.timestamp"] = timestamp.toISOString();
			attributes["event.sequence"] = sequence++;
			const prompt = startup ? undefined : promptId();
			if (prompt) attributes["prompt.id"] = prompt;
			encode(isBody ? withBody(given, content, { timestamp, session: session(), isRequest }) : given, attributes);
			if (!stats.enqueued(sizeOf(attributes))) return;
			const context = contextOf(circumstances);
			logger.emit({ body: `claude_code.${name}`, timestamp, observedTimestamp: timestamp, attributes, context });
		};
		return [method, guard(emit, undefined)];
	});
	return Object.fromEntries(emitters) as Events;
}
