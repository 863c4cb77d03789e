import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const hasOpenssl = (() => {
	try {
		return execFileSync("openssl", ["version"]).length > 0;
	} catch {
		return false;
	}
})();

/** The paths of PEM files. */
export type Certificate = { readonly cert: string; readonly key: string };

/** A new authority, and what it signs: for this machine, each under a name. */
export function makeAuthority(name: string): Certificate & { readonly sign: (name: string, passphrase?: string) => Certificate } {
	const folder = mkdtempSync(join(tmpdir(), "purser-client-tls-"));
	const make = (subject: string, more: readonly string[], passphrase?: string): Certificate => {
		const [cert, key] = [join(folder, `${subject}.pem`), join(folder, `${subject}.key`)];
		const request = ["req", "-x509", "-days", "2", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
		const secret = passphrase ? ["-passout", `pass:${passphrase}`] : ["-nodes"];
		const names = ["-subj", `/CN=${subject}`, "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
		execFileSync("openssl", [...request, ...secret, "-keyout", key, "-out", cert, ...names, ...more], { stdio: "ignore" });
		return { cert, key };
	};
	const own = make(name, []);
	return { ...own, sign: (subject, passphrase) => make(subject, ["-CA", own.cert, "-CAkey", own.key], passphrase) };
}

/** For a receiver. */
export const tlsOf = (authority: Certificate, { cert, key }: Certificate) => ({
	ca: readFileSync(authority.cert),
	cert: readFileSync(cert),
	key: readFileSync(key),
});
