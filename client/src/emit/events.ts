import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Context, LoggerProvider } from "@opentelemetry/api";
import { type EventDefinition, event, eventAttributes, scopes } from "@purser/contract";
import type { Content } from "../configuration/content.ts";
import type { Ledger } from "../export/ledger.ts";
import type { Circumstances, Events } from "./derived.ts";
import { definitionsOf, type Guard } from "./metrics.ts";
import { cut, encoderOf, type Given, type WireAttributes } from "./wire.ts";

const loggerScope = scopes.find(({ signal }) => signal === "logs")!.name;

export type EventSurroundings = {
	readonly content: Content;
	readonly standard: () => WireAttributes;
	readonly nowMs: () => number;
	/** The prompt being worked on, unless an event names another. */
	readonly promptId: () => string | undefined;
	/** The context of an event: of the span it happened in, or of the caller. */
	readonly contextOf: (circumstances: Circumstances) => Context;
	readonly ledger: Ledger;
	readonly maxWaiting: number;
};

/** One method for each event. What it says of itself comes after what all records say; its number counts from 0. */
export function eventsOf(provider: LoggerProvider, version: string, surroundings: EventSurroundings, guard: Guard): Events {
	const { content, standard, nowMs, promptId, contextOf, ledger, maxWaiting } = surroundings;
	const logger = provider.getLogger(loggerScope, version);
	let sequence = 0;
	const emitters = definitionsOf<EventDefinition>(event).map(([method, definition]) => {
		const uses = [...eventAttributes.map((attribute) => ({ attribute })), ...definition.attributes];
		const encode = encoderOf(uses, content);
		const emit = (given: Given = {}, circumstances: Circumstances = {}) => {
			const { at = nowMs() } = circumstances;
			const timestamp = new Date(at);
			const attributes = standard();
			attributes["event.name"] = definition.name;
			attributes["event.timestamp"] = timestamp.toISOString();
			attributes["event.sequence"] = sequence++;
			const prompt = definition.startup ? undefined : promptId();
			if (prompt) attributes["prompt.id"] = prompt;
			encode(isBody(definition) ? withBody(given, content) : given, attributes);
			ledger.emit();
			if (ledger.waiting > maxWaiting) return ledger.drop();
			const context = contextOf(circumstances);
			logger.emit({ body: `claude_code.${definition.name}`, timestamp, observedTimestamp: timestamp, attributes, context });
		};
		return [method, guard(emit)];
	});
	return Object.fromEntries(emitters) as Events;
}

const isBody = ({ name }: EventDefinition): boolean => name === "api_request_body" || name === "api_response_body";

/** A whole body of the API: cut within the event, or whole in a file that the event names. Neither unless it was asked for. */
function withBody(given: Given, { rawBodies, maxLength }: Content): Given {
	const { body, ...rest } = given;
	if (body === undefined || !rawBodies) return rest;
	const text = String(body);
	if (rawBodies === "inline") {
		return {
			body_length: text.length,
			...(text.length > maxLength && { body_truncated: true }),
			...rest,
			body: cut(text, maxLength),
		};
	}
	const path = join(rawBodies.folder, `${randomUUID()}.json`);
	mkdirSync(rawBodies.folder, { recursive: true });
	writeFileSync(path, text, { mode: 0o600 });
	return { body_length: text.length, ...rest, body_ref: path };
}
