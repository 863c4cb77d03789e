/**
 * Standard attributes: identity and labels on all signals, a name and a place on events, a type on spans. Source:
 * https://code.claude.com/docs/en/monitoring-usage#standard-attributes
 */
import type { AttributeDefinition } from "../define.ts";
import * as identity from "./attributes/identity.ts";
import * as labels from "./attributes/labels.ts";
import * as record from "./attributes/records.ts";
import * as resource from "./attributes/resource.ts";
import * as tracing from "./attributes/tracing.ts";

/** On every metric data point, event and span, as far as known and switched on. */
export const standardAttributes: readonly AttributeDefinition[] = Object.freeze([
	identity.sessionId,
	identity.userEmail,
	identity.userId,
	identity.userAccountUuid,
	identity.userAccountId,
	identity.userGroups,
	identity.identitySource,
	identity.organizationId,
	identity.terminalType,
	identity.appVersion,
	identity.appEntrypoint,
	identity.anthropicProvider,
	identity.anthropicCustomBaseUrl,
	identity.repositoryUrl,
	identity.repositoryOwner,
	identity.repositoryName,
	identity.repositoryProvider,
	identity.ccrSessionId,
]);

/** Labels that an organization may set in OTEL_RESOURCE_ATTRIBUTES; any other key may come the same way. */
export const labelAttributes: readonly AttributeDefinition[] = Object.freeze([
	labels.enduserId,
	labels.enduserDirectoryId,
	labels.enduserSub,
	labels.tenantId,
	labels.department,
	labels.teamId,
	labels.costCenter,
]);

/** Attributes that only every event has; all but the first three only where they apply. */
export const eventAttributes: readonly AttributeDefinition[] = Object.freeze([
	record.eventName,
	record.eventTimestamp,
	record.eventSequence,
	record.promptId,
	record.agentId,
	record.workflowRunId,
	record.workflowName,
	record.workspaceHostPaths,
]);

/** Attributes that only every span has. */
export const spanAttributes: readonly AttributeDefinition[] = Object.freeze([
	tracing.spanType,
	tracing.genAiProviderName,
	tracing.genAiConversationId,
]);

/** On the resource, together with whatever OTEL_RESOURCE_ATTRIBUTES adds. */
export const resourceAttributes: readonly AttributeDefinition[] = Object.freeze([
	resource.serviceName,
	resource.serviceVersion,
	resource.osType,
	resource.osVersion,
	resource.hostArch,
	resource.wslVersion,
	resource.hostName,
	resource.hostId,
]);
