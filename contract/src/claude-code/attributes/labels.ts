/** Labels an organization gives in OTEL_RESOURCE_ATTRIBUTES: on the resource, and since 2.1.161 on points and events, too. */
import { defineAttribute } from "../../define.ts";

export const enduserId = defineAttribute({
	key: "enduser.id",
	type: "string",
	privacy: "identity",
	column: "low",
	control: "OTEL_RESOURCE_ATTRIBUTES",
	brief: "The person, as the organization names them. Recommended where users do not sign in: API key, Bedrock, Vertex, Foundry.",
});
export const enduserDirectoryId = defineAttribute({
	key: "enduser.directory_id",
	type: "string",
	privacy: "identity",
	control: "OTEL_RESOURCE_ATTRIBUTES",
	brief: "The person's id in the organization's directory.",
});
export const enduserSub = defineAttribute({
	key: "enduser.sub",
	type: "string",
	privacy: "identity",
	since: "2.1.274",
	brief: "The identity provider's subject, stamped on the telemetry of the desktop app by an apps gateway.",
});
export const tenantId = defineAttribute({
	key: "tenant.id",
	type: "string",
	privacy: "plain",
	control: "OTEL_RESOURCE_ATTRIBUTES",
	brief: "The tenant, where one backend serves several organizations.",
});
export const department = defineAttribute({
	key: "department",
	type: "string",
	privacy: "plain",
	control: "OTEL_RESOURCE_ATTRIBUTES",
	brief: "The department that the person belongs to.",
});
export const teamId = defineAttribute({
	key: "team.id",
	type: "string",
	privacy: "plain",
	control: "OTEL_RESOURCE_ATTRIBUTES",
	brief: "The team that the person belongs to.",
});
export const costCenter = defineAttribute({
	key: "cost_center",
	type: "string",
	privacy: "plain",
	control: "OTEL_RESOURCE_ATTRIBUTES",
	brief: "The cost center that pays.",
});
