// `node scripts/complete-lock.mjs`, after `npm install` changed package-lock.json. npm leaves the packages of other platforms
// out of the lock file when the registry it was asked does not have them, and with a registry that has them `npm ci` then
// refuses the file. Their names and exact versions stand in the lock file all the same, at the package that offers them.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The entries that a lock file lacks: the optional packages of exact versions that its own entries ask for. */
export function lackingEntries(lock) {
	const entries = {};
	for (const [path, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
		for (const [name, version] of Object.entries(optionalDependencies)) {
			const places = [`node_modules/${name}`, `${path}/node_modules/${name}`];
			const platform = platformOf(name);
			if (!platform || !/^\d/.test(version) || places.some((place) => lock.packages[place])) continue;
			const { os, cpu, libc } = platform;
			// In npm's own order, so that its next change leaves them as they are.
			entries[places[0]] = { version, cpu, ...(dev && { dev }), ...(libc && { libc }), optional: true, os };
		}
	}
	return entries;
}

function platformOf(name) {
	const [, os, cpu, libc] = /(android|darwin|freebsd|linux|openharmony|win32)-([a-z0-9]+)(?:-(gnu|musl))?$/.exec(name) ?? [];
	return os && { os: [os], cpu: [cpu], ...(libc && { libc: [libc === "gnu" ? "glibc" : "musl"] }) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const path = join(dirname(fileURLToPath(import.meta.url)), "../package-lock.json");
	const lock = JSON.parse(readFileSync(path, "utf8"));
	const entries = lackingEntries(lock);
	const packages = Object.entries({ ...lock.packages, ...entries }).sort(([a], [b]) => a.localeCompare(b, "en"));
	writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
	for (const entry of Object.keys(entries)) process.stdout.write(`${entry}\n`);
}
