import type { IncomingHttpHeaders } from "node:http";

/** The key that a request brings: a bearer token, or the password of basic authentication, which browsers ask for. Empty when none. */
export function readKeyOf({ authorization = "" }: IncomingHttpHeaders): string {
	const [scheme = "", value = ""] = authorization.split(/\s+/, 2);
	if (scheme.toLowerCase() === "bearer") return value;
	if (scheme.toLowerCase() !== "basic") return "";
	const [, ...password] = Buffer.from(value, "base64").toString().split(":");
	return password.join(":");
}
