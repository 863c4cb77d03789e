import { type Static, type TSchema, Type } from "typebox";

type DeepReadonly<Value> = Value extends readonly (infer Item)[]
	? readonly DeepReadonly<Item>[]
	: Value extends object
		? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
		: Value;

/** The type of the values that a schema describes. */
export type Of<Schema extends TSchema> = DeepReadonly<Static<Schema>>;

/** A value, or null where there is none. */
export const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

/** One of several texts. */
export const oneOf = <Text extends string>(
	texts: readonly Text[],
	options: { readonly description?: string; readonly default?: Text } = {},
) => Type.Unsafe<Text>({ type: "string", enum: texts, ...options });

/** An instant, as ISO 8601 in UTC. */
export const instant = (description?: string) => Type.String({ ...(description && { description }), format: "date-time" });

/** Members whose names depend on the question, all of one kind. */
export const record = <Schema extends TSchema>(values: Schema) =>
	Type.Unsafe<Record<string, Static<Schema>>>({ type: "object", additionalProperties: values });

/** Members of these names, all of one kind. */
export const recordOf = <Name extends string, Schema extends TSchema>(names: readonly Name[], values: Schema) =>
	Type.Unsafe<Record<Name, Static<Schema>>>({
		type: "object",
		properties: Object.fromEntries(names.map((name) => [name, values])),
		required: names,
	});

/** Any value that JSON can express. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export const json = Type.Unsafe<Json>({});

export const notes = Type.Array(Type.String(), {
	description: "Sentences on what the reader of these numbers must know",
});
