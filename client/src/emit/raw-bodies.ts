import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Content } from "../configuration/content.ts";
import { cut, type Given } from "./encode-attributes.ts";

export type RawBodyContext = { readonly timestamp: Date; readonly session: string; readonly isRequest: boolean };

/** A whole body of the API: cut within the event, or whole in a file that the event names. Neither unless it was asked for. */
export function withBody(given: Given, { rawBodies, maxLength }: Content, surroundings: RawBodyContext): Given {
	const { body, ...rest } = given;
	if (body === undefined || !rawBodies) return rest;
	const text = typeof body === "string" ? body : JSON.stringify(body);
	if (rawBodies === "inline") {
		const isCut = text.length > maxLength;
		return { body_length: text.length, ...(isCut && { body_truncated: true }), ...rest, body: cut(text, maxLength) };
	}
	const folder = resolve(rawBodies.folder);
	const path = join(folder, `${randomUUID()}.json`);
	mkdirSync(folder, { recursive: true });
	writeFileSync(path, text, { mode: 0o600 });
	appendFileSync(join(folder, "index.jsonl"), `${JSON.stringify(lineOf(given, path, surroundings))}\n`, { mode: 0o600 });
	return { body_length: Buffer.byteLength(text), ...rest, body_ref: path };
}

/** One line for each body. What is undefined is left out. */
function lineOf(given: Given, path: string, { timestamp, session, isRequest }: RawBodyContext): object {
	return {
		timestamp: timestamp.toISOString(),
		session_id: session,
		query_source: given["query_source"],
		model: given["model"],
		request_id: given["request_id"],
		message_id: given["message.id"],
		message_uuid: given["message.uuid"],
		[isRequest ? "request_file" : "response_file"]: path,
	};
}
