import { problem } from "@purser/api";
import { parametersOf } from "./parameters.ts";
import type { Route } from "./route.ts";

/** The OpenAPI 3.1 document of the routes. */
export function openApi(routes: readonly Route[], version: string): object {
	const paths: Record<string, Record<string, object>> = {};
	for (const route of routes) {
		const method = route.method.toLowerCase();
		paths[route.path] = { ...paths[route.path], [method]: operationOf(route) };
	}
	return {
		openapi: "3.1.0",
		info: {
			title: "Purser",
			version,
			description: "Times in: ISO 8601 or relative (-24h, -7d, now). Times out: ISO 8601 UTC. Errors: RFC 9457.",
			license: { name: "Apache-2.0", identifier: "Apache-2.0" },
		},
		paths,
		components: { schemas: { Problem: problem } },
	};
}

function operationOf(route: Route): object {
	const { method, path, summary, response, example } = route;
	return {
		operationId: `${method.toLowerCase()}${path.replace(/[^a-zA-Z0-9]+(.)?/g, (_, letter: string | undefined) => letter?.toUpperCase() ?? "")}`,
		summary,
		parameters: parametersOf(route),
		...("body" in route && { requestBody: { required: true, content: { "application/json": { schema: route.body } } } }),
		responses: {
			200: {
				description: "The answer",
				content: {
					"application/json": { schema: response ?? { type: "object" }, ...(example !== undefined && { example }) },
				},
			},
			default: {
				description: "Problem details: what is wrong and what to do",
				content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
			},
		},
	};
}
