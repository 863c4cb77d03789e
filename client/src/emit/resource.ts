import { readFileSync } from "node:fs";
import { arch, hostname, type as osType, release } from "node:os";
import type { Configuration } from "../configuration/configuration.ts";

const architectures: Readonly<Record<string, string>> = { x64: "amd64", ia32: "x86" };
const systems: Readonly<Record<string, string>> = { Linux: "linux", Darwin: "darwin", Windows_NT: "windows" };

/** Included on request only. */
function hostAttributes(): Record<string, string> {
	const id = machineId();
	return { "host.name": hostname(), ...(id && { "host.id": id }) };
}

/** The id that systemd keeps; other systems keep it elsewhere. */
function machineId(): string | undefined {
	try {
		return readFileSync("/etc/machine-id", "utf8").trim() || undefined;
	} catch {
		return undefined;
	}
}

/** Returns the attributes of the process: exactly these, and those that OTEL_RESOURCE_ATTRIBUTES adds or overrides. */
export function resourceAttributes({ resource }: Configuration, service: { readonly name: string; readonly version: string }) {
	const wsl = process.env["WSL_DISTRO_NAME"] ? (/WSL(\d)/i.exec(release())?.[1] ?? "1") : undefined;
	return {
		"host.arch": architectures[arch()] ?? arch(),
		...(resource.hasHost && hostAttributes()),
		"os.type": systems[osType()] ?? osType().toLowerCase(),
		"os.version": release(),
		"service.name": service.name,
		"service.version": service.version,
		...(wsl && { "wsl.version": wsl }),
		...resource.all,
		...(resource.serviceName && { "service.name": resource.serviceName }),
	};
}
