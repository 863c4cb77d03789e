import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { buildKey, installKey, missing, whyInstallFailed } from "./prepare.mjs";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "purser-prepare-"));
	const files = {
		"package.json": '{"workspaces":["contract","dashboard"]}',
		"package-lock.json": "{}",
		".npmrc": "",
		"contract/package.json": "{}",
		"contract/src/index.ts": "export {};",
		"dashboard/package.json": "{}",
		"dashboard/index.html": "<html>",
		"dashboard/src/main.tsx": "start();",
	};
	for (const [path, text] of Object.entries(files)) put(path, text);
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(path: string, text: string) {
	mkdirSync(join(folder, path, ".."), { recursive: true });
	writeFileSync(join(folder, path), text);
}

describe("installation is done again", () => {
	const f = (path: string, isAgain: boolean) =>
		test(`${isAgain ? "" : "not "}when ${path} changes`, () => {
			const before = installKey(folder);
			put(path, "{} ");
			expect(installKey(folder) !== before).toBe(isAgain);
		});
	f("package-lock.json", true);
	f("dashboard/package.json", true);
	f(".npmrc", true);
	f("dashboard/src/main.tsx", false);
});

describe("the page is built again", () => {
	const f = (path: string, isAgain: boolean) =>
		test(`${isAgain ? "" : "not "}when ${path} changes`, () => {
			const before = buildKey(folder);
			put(path, "changed");
			expect(buildKey(folder) !== before).toBe(isAgain);
		});
	f("dashboard/src/main.tsx", true);
	f("dashboard/src/charts/new.ts", true);
	f("dashboard/public/icon.svg", true);
	f("contract/src/index.ts", false);
	f("package-lock.json", true);
	f("dashboard/src/main.test.ts", false);
	f("dashboard/dist/index.html", false);
	f("dashboard/node_modules/.vite/cache.json", false);

	test("not when a file is only touched, or the folder is copied", () => {
		const before = buildKey(folder);
		utimesSync(join(folder, "dashboard/index.html"), new Date(0), new Date(0));
		expect(buildKey(folder)).toBe(before);
		cpSync(folder, `${folder}-copy`, { recursive: true });
		expect(buildKey(`${folder}-copy`)).toBe(before);
		rmSync(`${folder}-copy`, { recursive: true });
	});
});

describe("a package is missing", () => {
	const { platform, arch } = process;
	const f = (title: string, wanted: object, found: object | undefined, isMissing: boolean) =>
		test(`${title}: ${isMissing}`, () => {
			const lock = { packages: { "": {}, contract: {}, "node_modules/a": wanted } };
			const installed = found && { packages: { "node_modules/a": found } };
			expect(missing(lock, installed, "glibc", () => true)).toEqual(isMissing ? ["node_modules/a"] : []);
		});
	const a = { version: "1.0.0", integrity: "sha512-a" };
	f("nothing is installed", a, undefined, true);
	f("it is there", a, a, false);
	f("another version", a, { ...a, version: "1.0.1" }, true);
	f("another content", a, { ...a, integrity: "sha512-b" }, true);
	f("a workspace's link is there", { resolved: "contract", link: true }, { resolved: "contract", link: true }, false);
	f("optional, for any platform", { ...a, optional: true }, undefined, false);
	f("optional, for this platform", { ...a, optional: true, os: [platform], cpu: [arch] }, undefined, true);
	f("optional, for this platform, written as text", { ...a, optional: true, os: platform, cpu: arch }, undefined, true);
	f("optional, for another system", { ...a, optional: true, os: ["plan9"], cpu: [arch] }, undefined, false);
	f("optional, for another C library", { ...a, optional: true, os: [platform], libc: ["musl"] }, undefined, false);

	test("its folder was deleted", () => {
		const packages = { "node_modules/a": a };
		expect(missing({ packages }, { packages }, "glibc", () => false)).toEqual(["node_modules/a"]);
	});
});

describe("why npm failed", () => {
	const f = (output: string, expected: RegExp) => test(output, () => expect(whyInstallFailed(output)).toMatch(expected));
	f("npm error code ENOTFOUND\nnpm error network request to https://registry.example/chdb failed", /registry does not answer/);
	f("npm error code EUSAGE\nnpm error `npm ci` can only install packages when your package.json and …", /do not agree/);
	f("npm error code ENOSPC", /disk is full/);
	f("npm error code SELF_SIGNED_CERT_IN_CHAIN", /NODE_EXTRA_CA_CERTS/);
	f("npm error code E404", /refuses a package/);
	f("spawn npm ENOENT", /npm was not found/);
	f("npm error something else", /`npm ci`/);
});
