/** Labels an organization gives in OTEL_RESOURCE_ATTRIBUTES: on the resource, and since 2.1.161 on points and events, too. */
import { defineAttribute } from "../../define.ts";

export const enduserId = defineAttribute({
	key: "enduser.id",
	type: "text",
	privacy: "identity",
	column: "few",
	control: "OTEL_RESOURCE_ATTRIBUTES",
	brief: "The person, as the organization names them. Recommended where users do not sign in: API key, Bedrock, Vertex, Foundry.",
});
export const enduserDirectoryId = defineAttribute({
	key: "enduser.directory_id",
	type: "text",
	privacy: "identity",
	control: "OTEL_RESOURCE_ATTRIBUTES",
	brief: "The person's id in the organization's directory.",
});
export const enduserSub = defineAttribute({
	key: "enduser.sub",
	type: "text",
	privacy: "identity",
	since: "2.1.274",
	brief: "The identity provider's subject, stamped on the telemetry of the desktop app by an apps gateway.",
});
export const tenantId = defineAttribute({
	key: "tenant.id",
	type: "text",
	privacy: "plain",
	control: "OTEL_RESOURCE_ATTRIBUTES",
	brief: "The tenant, where one backend serves several organizations.",
});
export const department = defineAttribute({
	key: "department",
	type: "text",
	privacy: "plain",
	control: "OTEL_RESOURCE_ATTRIBUTES",
	brief: "The department that the person belongs to.",
});
export const teamId = defineAttribute({
	key: "team.id",
	type: "text",
	privacy: "plain",
	control: "OTEL_RESOURCE_ATTRIBUTES",
	brief: "The team that the person belongs to.",
});
export const costCenter = defineAttribute({
	key: "cost_center",
	type: "text",
	privacy: "plain",
	control: "OTEL_RESOURCE_ATTRIBUTES",
	brief: "The cost center that pays.",
});
