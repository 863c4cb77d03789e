import type { Route } from "./route.ts";

/** The OpenAPI 3.1 document of the routes. */
export function openApi(routes: readonly Route[], version: string): object {
	const paths: Record<string, Record<string, object>> = {};
	for (const route of routes) {
		const { method, path, summary, parameters = {}, example } = route;
		const inPath = new Set([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
		const operation = {
			operationId: `${method.toLowerCase()}${path.replace(/[^a-zA-Z0-9]+(.)?/g, (_, letter: string | undefined) => letter?.toUpperCase() ?? "")}`,
			summary,
			parameters: Object.entries(parameters).map(([name, { description, schema, required }]) => ({
				name,
				in: inPath.has(name) ? "path" : "query",
				description,
				required: required ?? inPath.has(name),
				schema,
			})),
			...("body" in route && { requestBody: { required: true, content: { "application/json": { schema: route.body } } } }),
			responses: {
				200: {
					description: "The answer",
					content: { "application/json": { schema: { type: "object" }, ...(example !== undefined && { example }) } },
				},
				default: {
					description: "Problem details: what is wrong and what to do",
					content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
				},
			},
		};
		paths[path] = { ...paths[path], [method.toLowerCase()]: operation };
	}
	const text = { type: "string" };
	return {
		openapi: "3.1.0",
		info: {
			title: "Purser",
			version,
			description: "Times in: ISO 8601 or relative (-24h, -7d, now). Times out: ISO 8601 UTC. Errors: RFC 9457.",
			license: { name: "Apache-2.0", identifier: "Apache-2.0" },
		},
		paths,
		components: {
			schemas: {
				Problem: { type: "object", properties: { type: text, title: text, status: { type: "integer" }, detail: text } },
			},
		},
	};
}
