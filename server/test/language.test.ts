import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** The directory may belong to another user than the one that runs the tests. */
const git = (...args: readonly string[]): string =>
	execFileSync("git", ["-c", "safe.directory=*", ...args], { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
const isClone = existsSync(join(root, ".git")) && canRun(() => git("log", "-1"));

function canRun(act: () => unknown): boolean {
	try {
		act();
		return true;
	} catch {
		return false;
	}
}

/** Homely words, for which the field has terms: reported, emitted, recently, rebuilt, fix, continues, outcome, next to. */
const homely =
	/\b(?:told|tells?|nobody|somebody|whoever|besides?|anew|mend(?:s|ed|ing)?|lately)\b|\bgoes on\b|(?<!as soon )\bas it is\b|\bcame of\b/i;
/** Doc comments are sentences with a subject. */
const headless = /^(?:What|Whether|Where|Which|Whose|Why|How|Of|As|By|Who|The same)\b/;

const recorded = /^recordings\/|^cases\/[^/]+\/|\/fixtures\/|^LICENSE$|^package-lock\.json$|^server\/test\/language\.test\.ts$/;
const text = /\.(?:ts|tsx|mjs|js|css|html|md|ya?ml|service|toml|sh)$|^[A-Z][a-z]*file$|package\.json$/;

const filesOf = (): string[] =>
	git("ls-files")
		.split("\n")
		.filter((path) => text.test(path) && !recorded.test(path) && existsSync(join(root, path)));

/** Returns the lines of a file with homely words, and its doc comments that begin headless. */
export function faultsIn(path: string, content: string): string[] {
	const lines = content.split("\n").flatMap((line, i) => {
		const found = homely.exec(line);
		return found ? [`${path}:${i + 1}: "${found[0]}" in: ${line.trim().slice(0, 120)}`] : [];
	});
	const comments = /\.tsx?$/.test(path) ? content.matchAll(/\/\*\*\s*(?:\*\s*)?([^*\n]+)/g) : [];
	const faults = [...comments].flatMap(([, first = ""]) =>
		headless.test(first) ? [`${path}: a doc comment is no sentence: ${first.slice(0, 120)}`] : [],
	);
	return [...lines, ...faults];
}

describe.skipIf(!isClone)("language", () => {
	test("code, messages and docs are in the terms of the field, and doc comments are sentences", () => {
		expect(filesOf().flatMap((path) => faultsIn(path, readFileSync(join(root, path), "utf8")))).toEqual([]);
	});

	test("the last commit's subject names its module and one change, in at most 72 characters", () => {
		const subject = git("log", "-1", "--no-merges", "--format=%s").trim();
		expect(subject).toMatch(/^[a-z][a-z0-9, -]*: [^;]+$/);
		expect(subject.length, subject).toBeLessThanOrEqual(72);
	});
});

test("a homely word and a headless comment are found", () => {
	expect(faultsIn("a.ts", "/** Whether it is open. */\nconst a = 1; // nobody knows\n")).toHaveLength(2);
	expect(faultsIn("a.ts", "/**\n * Of one client.\n */")).toHaveLength(1);
	expect(faultsIn("a.md", "It retries as soon as it is back.")).toEqual([]);
});

test.skipIf(!isClone)("a source file has at most 250 lines, or says why it has more", () => {
	const sources = filesOf().filter((path) => /\.(?:ts|tsx|mjs)$/.test(path) && !/\.test\.ts$|\/test\//.test(path));
	const long = sources.filter((path) => {
		const content = readFileSync(join(root, path), "utf8");
		return content.split("\n").length > 251 && !content.includes("// Longer than 250 lines: ");
	});
	expect(long).toEqual([]);
});
