import { Type } from "typebox";
import { oneOf } from "./schema.ts";

/** The period of a question. */
export const period = (from: string, to = "Exclusive") => ({
	from: Type.Optional(Type.String({ description: "ISO 8601 or relative (-24h, -7d, now)", default: from })),
	to: Type.Optional(Type.String({ description: to, default: "now" })),
});

export const zone = (description = "IANA time zone in which days begin") =>
	Type.Optional(Type.String({ description, default: "UTC" }));

export const where = (
	description = "dimension:value, or dimension!:value to exclude. The same dimension again: or; another: and",
) => Type.Optional(Type.Array(Type.String(), { description }));

/** Integers of a range. */
export const limit = (description: string, maximum: number, usual: number) =>
	Type.Optional(Type.Integer({ description, minimum: 1, maximum, default: usual }));

export const format = Type.Optional(oneOf(["json", "csv"], { description: "json or csv", default: "json" }));

export const text = (description: string, usual?: string) =>
	Type.Optional(Type.String({ description, ...(usual !== undefined && { default: usual }) }));
