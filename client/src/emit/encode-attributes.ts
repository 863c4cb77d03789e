import type { AttributeDefinition, AttributeUse } from "@purser/contract";
import type { Content } from "../configuration/content.ts";

type WireValue = string | number | boolean | string[];
export type WireAttributes = Record<string, WireValue>;
/** Attributes as a host gives them: what is undefined is left out. */
export type Given = Readonly<Record<string, unknown>>;

const contentGates = /^(OTEL_LOG_|ENABLE_BETA_)/;
const details = "OTEL_LOG_TOOL_DETAILS";

/** Encodes the attributes of one event, metric or span. */
export type Encode = (given: Given | undefined, to: WireAttributes) => void;

/**
 * Made once of a definition: values as they are sent there, content only through its gate, and what may not be named under its
 * stand-in. Keys that no definition knows are sent as they are: agents have attributes of their own.
 */
export function encoderOf(uses: readonly AttributeUse[], content: Content): Encode {
	const byKey = new Map(uses.map((use) => [use.attribute.key, ruleOf(use, content)]));
	return (given, to) => {
		if (given === undefined) return;
		if (typeof given !== "object" || given === null) throw new TypeError("attributes have to be an object");
		for (const key in given) {
			const value = given[key];
			if (value === undefined || value === null) continue;
			const rule = byKey.get(key);
			const sent = rule ? rule(value) : plain(value);
			if (sent !== undefined) to[key] = sent;
		}
	};
}

type Rule = (value: unknown) => WireValue | undefined;

function ruleOf({ attribute, ...use }: AttributeUse, content: Content): Rule {
	const gate = gateOf(attribute, use.gate);
	const isOpen = gate === undefined || content.open.has(gate);
	if (!isOpen) {
		const { redactedAs, values } = attribute;
		if (redactedAs === undefined) return () => undefined;
		return (value) => (values?.includes(String(value)) ? String(value) : redactedAs);
	}
	if (use.asText) return (value) => String(value);
	switch (attribute.type) {
		case "string":
			return attribute.privacy === "content" && !attribute.noTruncation
				? (value) => cut(String(value), content.maxLength)
				: (value) => String(value);
		case "int":
			return (value) => sendable(Math.round(Number(value)));
		case "double":
			return (value) => sendable(Number(value));
		case "boolean":
			return (value) => value === true || value === "true";
		case "array":
			return (value) => (Array.isArray(value) ? value.map(String) : [String(value)]);
	}
}

function gateOf({ control, redactedAs }: AttributeDefinition, own: string | undefined): string | undefined {
	const gate = own ?? (control && contentGates.test(control) ? control : undefined);
	return gate ?? (redactedAs === undefined ? undefined : details);
}

/** Whole numbers are sent as 64 bits, and JSON has no infinity. */
const sendable = (number: number): number | undefined =>
	Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number)) ? number : undefined;

/** Such as it can be sent at all. */
function plain(value: unknown): WireValue | undefined {
	if (typeof value === "string" || typeof value === "boolean") return value;
	if (typeof value === "number") return sendable(value);
	if (Array.isArray(value)) return value.map(String);
	return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** About how much memory they take, in UTF-16 units. */
export function sizeOf(attributes: Readonly<Record<string, unknown>>): number {
	let size = 1024;
	for (const key in attributes) {
		const value = attributes[key];
		if (typeof value === "string") size += value.length;
		else if (Array.isArray(value)) for (const item of value) size += String(item).length;
	}
	return size;
}

/** When it was, by anybody's clock. Years that 64 bits of nanoseconds cannot say would spoil the whole batch. */
export function timeOf(at: number | Date): Date {
	const time = new Date(at);
	if (time.getTime() >= 0 && time.getTime() < 9e12) return time;
	throw new RangeError("a time has to be milliseconds since 1970, or a date");
}

/** To so many UTF-16 code units, the mark that it was cut included. */
export function cut(text: string, maxLength: number): string {
	if (text.length <= maxLength) return text;
	const limit = maxLength % 1024 === 0 ? `${maxLength / 1024}KB` : `${maxLength} character`;
	const mark = `[TRUNCATED - Content exceeds ${limit} limit]`;
	const end = Math.max(0, maxLength - mark.length);
	// Never between the halves of a character.
	const isHalf = /[\ud800-\udbff]/.test(text[end - 1] ?? "");
	return (text.slice(0, isHalf ? end - 1 : end) + mark).slice(0, maxLength);
}
