import type { FastifySchemaValidationError } from "fastify/types/schema.js";
import { unknownName } from "../unknown-name.ts";
import type { Route } from "./route.ts";

const schemas = new WeakMap<Route, object>();

/** The JSON schema of a route's parameters. Defaults are left to the route, because some depend on others. */
export function schemaOf(route: Route): object {
	const known = schemas.get(route);
	if (known) return known;
	const properties = Object.fromEntries(
		Object.entries(route.parameters ?? {}).map(
			([
				name,
				{
					schema: { default: _, ...schema },
				},
			]) => [name, schema],
		),
	);
	const schema = { type: "object", properties, additionalProperties: false };
	schemas.set(route, schema);
	return schema;
}

/** Explains which parameter is wrong, and what would be right. */
export function parameterProblem(route: Route, [first]: readonly FastifySchemaValidationError[]): string {
	const names = Object.keys(route.parameters ?? {});
	const name = first?.instancePath.slice(1).split("/")[0];
	const about = first?.params as { additionalProperty?: string; allowedValues?: unknown[] } | undefined;
	if (about?.additionalProperty) return unknownName("parameter", about.additionalProperty, names);
	const allowed = about?.allowedValues ? `: ${about.allowedValues.join(", ")}` : "";
	return `"${name}" ${first?.message ?? "is not right"}${allowed}`;
}
