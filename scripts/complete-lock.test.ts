import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lackingEntries } from "./complete-lock.mjs";

test("package-lock.json names the packages of every platform (else: node scripts/complete-lock.mjs)", () => {
	const lock = JSON.parse(readFileSync(join(import.meta.dirname, "../package-lock.json"), "utf8"));
	expect(Object.keys(lackingEntries(lock))).toEqual([]);
});

describe("an entry that the lock file lacks", () => {
	const f = (name: string, version: string, expected: object | undefined) =>
		test(`${name}@${version}`, () => {
			const packages = { "node_modules/a": { optionalDependencies: { [name]: version } } };
			expect(lackingEntries({ packages })).toEqual(expected ? { [`node_modules/${name}`]: expected } : {});
		});
	const optional = true;
	f("@a/lib-darwin-arm64", "1.2.3", { version: "1.2.3", optional, os: ["darwin"], cpu: ["arm64"] });
	f("a-linux-x64-musl", "1.2.3", { version: "1.2.3", optional, os: ["linux"], cpu: ["x64"], libc: ["musl"] });
	f("a-linux-arm64-gnu", "1.2.3-stable.1", {
		version: "1.2.3-stable.1",
		optional,
		os: ["linux"],
		cpu: ["arm64"],
		libc: ["glibc"],
	});
	f("a-linux-x64", "^1.2.3", undefined);
	f("fsevents", "2.3.3", undefined);
});
