import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "./lock.mjs";
import { step } from "./run.mjs";

// Longer than 250 lines: it runs before any package is installed.

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The server is TypeScript that Node runs directly. */
export const SERVER_NODE = 24;
const OLDEST_NODE = 20;

/** A problem that a person has to fix: the message says what and how, so no stack is shown. */
export class PrepareError extends Error {}

/**
 * Makes node_modules agree with package-lock.json and finds the Node that runs the server. What was done is stamped in
 * node_modules only after it succeeded, so an interrupted installation is done again.
 * @returns {Promise<{ node: string, env: NodeJS.ProcessEnv }>} the program, and an environment in which npm scripts find it
 */
export async function install({ limit } = {}) {
	checkRunningNode();
	const key = installKey(root);
	const done =
		stamped("installed", key) ?? (await withLock(lockPath(), () => stamped("installed", key) ?? installNow(key, limit)));
	if (done.note) say(done.note);
	return { node: done.node === "running" ? process.execPath : join(root, done.node), env: environment() };
}

/** Builds the page when its sources changed since the last build. */
export async function build({ env, limit }) {
	// Of the sources as they are before the build: one changed meanwhile is built next time.
	const key = buildKey(root);
	const isDone = () => existsSync(join(root, "dashboard/dist/index.html")) && stamped("built", key);
	if (isDone()) return;
	await withLock(lockPath(), async () => {
		if (isDone()) return;
		const { code } = await npm("building the page", ["run", "build", "--workspace", "dashboard"], { env, limit });
		if (code !== 0) throw new PrepareError("cannot build the page: see above; `npm run build` does this step alone");
		stamp("built", { key });
	});
}

async function installNow(key, limit) {
	const lock = readJson(join(root, "package-lock.json"));
	const libc = libcOf();
	const absent = () => missing(lock, readJson(join(root, "node_modules/.package-lock.json")), libc);

	if (absent().length > 0) {
		const size = existsSync(join(root, "node_modules")) ? "" : " (about 1 GB on disk, the database engine above all)";
		// A production environment or a strict configuration must not leave out what building and running need.
		const flags = ["--include=dev", "--include=optional", "--engine-strict=false", "--no-audit", "--no-fund"];
		const { code, output } = await npm(`installing packages${size}`, ["ci", ...flags], { limit });
		if (code !== 0) throw new PrepareError(`cannot install packages: ${whyInstallFailed(output)}`);
	}
	// npm leaves out an optional package that it cannot get, without a word.
	const still = absent();
	const needed = still.filter((path) => !isNode(path) && !isEngine(path));
	if (needed.length > 0) throw new PrepareError(`cannot install packages: npm left out ${needed.join(", ")}; see \`npm ci\``);

	const lacksEngine = still.some(isEngine);
	const done = { key, node: chooseNode(), note: lacksEngine ? retryEngine : engineNote(lock, libc) };
	// What may come with a second try is tried again at the next start.
	if (!lacksEngine) stamp("installed", done);
	return done;
}

const isNode = (path) => /^node_modules\/node-(bin-)?(linux|darwin)-/.test(path);
const isEngine = (path) => /^node_modules\/(chdb$|@chdb\/)/.test(path);

const orServer = "or give the URL of a ClickHouse server";
const retryEngine = `the embedded database engine could not be installed; start again to retry, ${orServer}`;

/** The message for platforms for which the embedded engine has no library; there is one optional package per platform. */
function engineNote(lock, libc) {
	const libraries = Object.entries(lock.packages).filter(([path]) => path.startsWith("node_modules/@chdb/lib-"));
	if (libraries.length === 0 || libraries.some(([, library]) => isForHere(library, libc))) return undefined;
	const here = `${process.platform}-${process.arch}${libc === "musl" ? " with musl" : ""}`;
	const instead =
		process.platform === "win32" ? "use WSL" : "use a Linux with glibc (Debian, Ubuntu, Fedora, …) or a container of one";
	return `the embedded database engine has no build for ${here}: ${instead}, ${orServer}`;
}

/** Returns true if this Node is the machine's own and new enough: then the machine's owner keeps it up to date. */
const isMachineNodeNew = () =>
	Number.parseInt(process.versions.node, 10) >= SERVER_NODE &&
	relative(join(root, "node_modules"), process.execPath).startsWith("..");

/** The machine's Node where it is new enough, else the registry's for this platform, in node_modules/.bin so that npm scripts find it too. */
function chooseNode() {
	const own = "node_modules/.bin/node";
	const link = join(root, own);
	if (isMachineNodeNew()) {
		rmSync(link, { force: true });
		return "running";
	}
	// npm 10 removes this link again together with the Nodes of the other platforms.
	const targets = ["node", "node-bin"].map((name) => `../${name}-${process.platform}-${process.arch}/bin/node`);
	const there = targets.find((path) => existsSync(join(dirname(link), path)));
	if (there && !existsSync(link)) symlinkSync(there, link);
	if (majorOf(link) >= SERVER_NODE) return own;
	// npm scripts would find a Node that cannot run here before the one that can.
	rmSync(link, { force: true });
	if (Number.parseInt(process.versions.node, 10) >= SERVER_NODE) return "running";
	throw new PrepareError(
		`cannot run the server: it needs Node ${SERVER_NODE} or later, this is ${process.version}, and the npm registry's ` +
			`Node ${SERVER_NODE} for ${process.platform}-${process.arch} did not install; install Node ${SERVER_NODE} from https://nodejs.org`,
	);
}

function majorOf(node) {
	const { status, stdout } = spawnSync(node, ["-p", "process.versions.node"], { encoding: "utf8" });
	return status === 0 ? Number.parseInt(stdout, 10) : 0;
}

function checkRunningNode() {
	if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) return;
	throw new PrepareError(
		`cannot start: Node ${OLDEST_NODE} or later is needed, this is ${process.version}; see https://nodejs.org`,
	);
}

/**
 * Lists the packages that the lock file requires on this machine and that are not in node_modules, according to the lock file
 * that npm leaves there when it has finished. An optional package counts when it names this platform: npm drops it silently.
 */
export function missing(lock, installed, libc = libcOf(), isThere = (path) => existsSync(join(root, path))) {
	return Object.entries(lock.packages)
		.filter(([path, wanted]) => {
			if (!path.includes("node_modules/") || (wanted.optional && !isForHere(wanted, libc))) return false;
			const found = installed?.packages?.[path];
			return !found || found.version !== wanted.version || found.integrity !== wanted.integrity || !isThere(path);
		})
		.map(([path]) => path);
}

function isForHere({ os, cpu, libc: needed }, libc) {
	if (!os && !cpu && !needed) return false;
	const fits = (list, here) => !list || [list].flat().includes(here);
	return fits(os, process.platform) && fits(cpu, process.arch) && fits(needed, libc);
}

function libcOf() {
	if (process.platform !== "linux") return "";
	process.report.excludeNetwork = true;
	return process.report.getReport().header.glibcVersionRuntime ? "glibc" : "musl";
}

/** Hashes everything that the installed packages depend on. */
export function installKey(folder) {
	const workspaces = readJson(join(folder, "package.json")).workspaces ?? [];
	const manifests = ["package.json", ...workspaces.map((name) => `${name}/package.json`)];
	return hashOf(
		folder,
		["package-lock.json", ".npmrc", ...manifests],
		`${process.platform}-${process.arch}${isMachineNodeNew() ? "-own" : ""}`,
	);
}

/** The built page depends on its own sources and the packages. */
export function buildKey(folder) {
	const isSource = (name) => !/^(node_modules|dist|test|test-results)$|\.(test\.tsx?|tsbuildinfo)$/.test(name);
	const files = filesUnder(join(folder, "dashboard"), isSource);
	return hashOf(
		folder,
		files.map((file) => relative(folder, file)),
		installKey(folder),
	);
}

function filesUnder(folder, isSource) {
	return readdirSync(folder, { withFileTypes: true })
		.filter((entry) => isSource(entry.name))
		.sort((a, b) => (a.name < b.name ? -1 : 1))
		.flatMap((entry) => {
			const path = join(folder, entry.name);
			if (entry.isDirectory()) return filesUnder(path, isSource);
			return entry.isFile() ? [path] : [];
		});
}

function hashOf(folder, files, more) {
	const hash = createHash("sha256").update(more);
	for (const file of files) {
		const path = join(folder, file);
		const bytes = existsSync(path) ? readFileSync(path) : "";
		hash.update(`\0${file}\0${bytes.length}\0`).update(bytes);
	}
	return hash.digest("hex");
}

/** Explains why npm could not install, as far as its output shows, and what to do. */
export function whyInstallFailed(output) {
	if (/EUSAGE|package-lock\.json.*(in sync|not found)/i.test(output))
		return "package.json and package-lock.json do not agree; run `npm install` and commit both";
	if (/ENOSPC/.test(output)) return "the disk is full; about 1 GB is needed";
	if (/EACCES|EPERM/.test(output)) return `the folder or npm's cache cannot be written; check who owns ${root} and ~/.npm`;
	if (/ENOENT.*npm|npm ENOENT/.test(output)) return "npm was not found; it comes with Node, see https://nodejs.org";
	if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET|network/i.test(output))
		return "the npm registry does not answer; check the network, a proxy (`npm config set proxy URL`) or a mirror (`npm config set registry URL`)";
	if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(output))
		return "the npm registry's certificate is not trusted; name your organization's in NODE_EXTRA_CA_CERTS";
	if (/E40[134]/.test(output))
		return "the npm registry refuses a package; check the `registry` and the credentials in your .npmrc";
	return "see npm's output above; `npm ci` does this step alone";
}

/** npm as the person runs it: the same program, on the Node that npm itself runs on, not the one it is about to replace. */
function npm(doing, args, { env = process.env, limit }) {
	const cli = process.env.npm_execpath;
	const options = { cwd: root, env, limit };
	if (cli?.endsWith("npm-cli.js")) return step(doing, process.env.npm_node_execpath ?? process.execPath, [cli, ...args], options);
	return step(doing, process.platform === "win32" ? "npm.cmd" : "npm", args, options);
}

/** An environment in which programs of node_modules come first, as in npm's scripts. */
function environment() {
	const name = Object.keys(process.env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
	return { ...process.env, [name]: [join(root, "node_modules/.bin"), process.env[name]].join(delimiter) };
}

function stamped(name, key) {
	const found = readJson(join(stamps(), `${name}.json`));
	if (found?.key !== key) return undefined;
	if (found.node === "running" && Number.parseInt(process.versions.node, 10) < SERVER_NODE) return undefined;
	if (found.node && found.node !== "running" && !existsSync(join(root, found.node))) return undefined;
	return found;
}

function stamp(name, done) {
	writeFileSync(join(stamps(), `${name}.json`), JSON.stringify(done));
}

/** Stored next to the packages, so that both are deleted together. */
export function stamps() {
	const folder = join(root, "node_modules/.purser");
	if (existsSync(join(root, "node_modules"))) mkdirSync(folder, { recursive: true });
	return folder;
}

/** Not stored next to the packages, because `npm ci` empties that folder. */
const lockPath = () => join(root, ".purser/prepare.lock");

function readJson(path) {
	try {
		return JSON.parse(readFileSync(path, "utf8"));
	} catch {
		return undefined;
	}
}

export function say(text) {
	process.stderr.write(`purser: ${text}\n`);
}
