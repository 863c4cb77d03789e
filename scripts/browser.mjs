import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { say } from "./prepare.mjs";
import { step } from "./run.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const PLACES = [
	"/usr/bin/chromium",
	"/Applications/Chromium.app/Contents/MacOS/Chromium",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The browser for the page's tests, from Debian's packages when we may install it; "" when there is none. */
export async function browser({ limit } = {}) {
	const found = findBrowser();
	if (found) return found;
	if (process.platform === "linux" && process.getuid?.() === 0 && findProgram("apt-get")) {
		const install = "apt-get -q update && apt-get -q install -y --no-install-recommends chromium";
		const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
		await step("installing Chromium for the page's tests", "sh", ["-c", install], { env, limit });
	}
	return findBrowser();
}

export function sayNoBrowser() {
	const how =
		process.platform === "linux" ? "apt-get install chromium, or your system's equivalent" : "install Chrome or Chromium";
	say(`no Chromium, so the page's tests in a browser are skipped: ${how}, or name one in CHROMIUM_PATH`);
}

/** Only a browser that runs: a name may lead to a stub that asks for another package. */
export function findBrowser(env = process.env) {
	const candidates = [env.CHROMIUM_PATH, ...PLACES, ...NAMES.map((name) => findProgram(name, env))];
	return (
		candidates.find((path) => path && existsSync(path) && spawnSync(path, ["--version"], { timeout: 20_000 }).status === 0) ?? ""
	);
}

export function findProgram(name, env = process.env) {
	return (env.PATH ?? "")
		.split(delimiter)
		.map((folder) => join(folder, name))
		.find((path) => existsSync(path));
}
