import type { FastifySchemaValidationError } from "fastify/types/schema.js";
import { unknownName } from "../unknown-name.ts";
import type { Route } from "./route.ts";

type Property = { readonly description?: string; readonly default?: unknown };

/** A parameter of a route: its JSON schema, without what a person reads about it. */
export type Parameter = {
	readonly name: string;
	readonly in: "path" | "query";
	readonly required: boolean;
	readonly description: string;
	readonly schema: Readonly<Record<string, unknown>>;
};

/** Lists the parameters of a route, as OpenAPI does. */
export function parametersOf({ path, parameters }: Route): Parameter[] {
	const required = new Set(parameters?.required ?? []);
	return Object.entries((parameters?.properties ?? {}) as Readonly<Record<string, Property>>).map(
		([name, { description = "", ...schema }]) => ({
			name,
			in: path.includes(`{${name}}`) ? "path" : "query",
			required: required.has(name),
			description,
			schema,
		}),
	);
}

const schemas = new WeakMap<Route, object>();

/** The JSON schema that a route's query is checked against. Defaults are left to the route, because some depend on others. */
export function querySchemaOf(route: Route): object {
	const known = schemas.get(route);
	if (known) return known;
	const parameters = parametersOf(route);
	const properties = Object.fromEntries(parameters.map(({ name, schema: { default: _, ...schema } }) => [name, schema]));
	const required = parameters.filter((each) => each.required && each.in === "query").map(({ name }) => name);
	const schema = { type: "object", properties, required, additionalProperties: false };
	schemas.set(route, schema);
	return schema;
}

/** Explains which parameter is wrong, and what would be right. */
export function parameterProblem(route: Route, [first]: readonly FastifySchemaValidationError[]): string {
	const parameters = parametersOf(route);
	const about = first?.params as { additionalProperty?: string; missingProperty?: string; allowedValues?: unknown[] } | undefined;
	const missing = parameters.find(({ name }) => name === about?.missingProperty);
	if (missing) return `"${missing.name}" is missing: ${missing.description}`;
	if (about?.additionalProperty) {
		return unknownName(
			"parameter",
			about.additionalProperty,
			parameters.map(({ name }) => name),
		);
	}
	const name = first?.instancePath.slice(1).split("/")[0];
	const allowed = about?.allowedValues ? `: ${about.allowedValues.join(", ")}` : "";
	return `"${name}" ${first?.message ?? "is not right"}${allowed}`;
}
