/** The resource: which program sends, and on what machine. */
import { defineAttribute } from "../../define.ts";

export const serviceName = defineAttribute({
	key: "service.name",
	type: "string",
	privacy: "plain",
	values: ["claude-code", "claude-code-desktop"],
	brief: "The program. OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES may say anything else: do not filter by it alone.",
});
export const serviceVersion = defineAttribute({
	key: "service.version",
	type: "string",
	privacy: "plain",
	brief: "The version of Claude Code, or of the desktop app. OTEL_RESOURCE_ATTRIBUTES may override it.",
});
export const osType = defineAttribute({
	key: "os.type",
	type: "string",
	privacy: "plain",
	values: ["linux", "darwin", "windows"],
	brief: "The operating system.",
});
export const osVersion = defineAttribute({
	key: "os.version",
	type: "string",
	privacy: "plain",
	brief: "The version of the operating system or its kernel.",
});
export const hostArch = defineAttribute({
	key: "host.arch",
	type: "string",
	privacy: "plain",
	values: ["amd64", "arm64"],
	brief: "The processor architecture.",
});
export const wslVersion = defineAttribute({
	key: "wsl.version",
	type: "string",
	privacy: "plain",
	brief: "The version of the Windows Subsystem for Linux. Only there.",
});
export const hostName = defineAttribute({
	key: "host.name",
	type: "string",
	privacy: "identity",
	control: "OTEL_RESOURCE_INCLUDE_HOST",
	brief: "The machine's name, which often holds its owner's. Off by default.",
});
export const hostId = defineAttribute({
	key: "host.id",
	type: "string",
	privacy: "identity",
	control: "OTEL_RESOURCE_INCLUDE_HOST",
	brief: "The machine's id. Off by default.",
});
