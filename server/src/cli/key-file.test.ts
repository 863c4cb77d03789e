import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hashKey, type StoredKey } from "../access/key-ring.ts";
import { changeKeyFile, readKeyFile } from "./key-file.ts";

let directory: string;
let path: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), "purser-keys-"));
	path = join(directory, "data", "keys.json");
});
afterEach(() => rmSync(directory, { recursive: true }));

const key = (name: string): StoredKey => ({ name, purpose: "read", sha256: hashKey(name), created: "2026-11-21T00:00:00.000Z" });

test("only its owner may read it, and nothing else is left behind", async () => {
	await changeKeyFile(path, (keys) => [...keys, key("a")]);
	expect(await readKeyFile(path)).toEqual([key("a")]);
	expect(statSync(path).mode & 0o777).toBe(0o600);
	expect(statSync(join(directory, "data")).mode & 0o777).toBe(0o700);
	expect(readdirSync(join(directory, "data"))).toEqual(["keys.json"]);
});

test("several at the same time lose nothing", async () => {
	const names = ["a", "b", "c", "d", "e"];
	await Promise.all(names.map((name) => changeKeyFile(path, (keys) => [...keys, key(name)])));
	expect((await readKeyFile(path)).map(({ name }) => name).sort()).toEqual(names);
});

test("a change that is refused changes nothing", async () => {
	await changeKeyFile(path, () => [key("a")]);
	const refuse = () => {
		throw new Error("no");
	};
	await expect(changeKeyFile(path, refuse)).rejects.toThrow("no");
	await changeKeyFile(path, (keys) => [...keys, key("b")]);
	expect((await readKeyFile(path)).length).toBe(2);
});

test("files that a dead process left behind are no obstacle", async () => {
	await changeKeyFile(path, () => [key("a")]);
	writeFileSync(`${path}.new`, "half");
	utimesSync(`${path}.new`, new Date(0), new Date(0));
	await changeKeyFile(path, (keys) => [...keys, key("b")]);
	expect((await readKeyFile(path)).length).toBe(2);
});

test("a file that is no list of keys is not written over", async () => {
	await changeKeyFile(path, () => []);
	writeFileSync(path, "{");
	await expect(changeKeyFile(path, (keys) => keys)).rejects.toThrow(/is not JSON/);
});
