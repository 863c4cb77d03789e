import Schema from "typebox/schema";

type JsonSchema = Readonly<Record<string, unknown>>;
type Operation = {
	readonly responses: { readonly 200: { readonly content: { readonly "application/json": { readonly schema: JsonSchema } } } };
};
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };
type Check = { readonly pattern: RegExp; readonly validator: ReturnType<typeof Schema.Compile> };

let checks: Promise<readonly Check[]> | undefined;

/** Throws if the answer to a GET is not what the OpenAPI document of that server says, or has a member that it does not mention. */
export async function checkResponse(web: string, path: string, body: unknown): Promise<void> {
	checks ??= readChecks(web);
	const asked = path.split("?", 1)[0]!;
	const validator = (await checks).find(({ pattern }) => pattern.test(asked))?.validator;
	if (!validator || validator.Check(body)) return;
	const [, errors] = validator.Errors(body);
	throw new Error(`GET ${path} answers what its schema does not allow: ${JSON.stringify(errors.slice(0, 5))}`);
}

async function readChecks(web: string): Promise<Check[]> {
	const { paths } = (await (await fetch(`http://${web}/openapi.json`)).json()) as Document;
	// Paths without parameters come first: the path of a named query is one, and there is a path for unknown names.
	const sorted = Object.entries(paths).sort(([a], [b]) => Number(a.includes("{")) - Number(b.includes("{")));
	return sorted.flatMap(([path, { get }]) => {
		if (!get) return [];
		const { schema } = get.responses[200].content["application/json"];
		return [
			{ pattern: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`), validator: Schema.Compile(closed(schema) as JsonSchema) },
		];
	});
}

/** The schema with no members but those that it lists. Parts of an intersection have the members of the others, too. */
function closed(schema: unknown, isPart = false): unknown {
	if (Array.isArray(schema)) return schema.map((each) => closed(each));
	if (typeof schema !== "object" || schema === null) return schema;
	const { allOf, ...members } = schema as JsonSchema;
	const known = Object.fromEntries(Object.entries(members).map(([name, value]) => [name, closed(value)]));
	const isObject = "properties" in members && !("additionalProperties" in members) && !isPart;
	return {
		...known,
		...(isObject && { additionalProperties: false }),
		...(Array.isArray(allOf) && { allOf: allOf.map((each) => closed(each, true)), unevaluatedProperties: false }),
	};
}
