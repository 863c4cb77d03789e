import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const BEAT_MS = 2000;
const STALE_MS = 30_000;

/**
 * Does something while no other process does, across processes: a folder is made by exactly one. Its holder keeps its
 * time fresh, so that the lock of a process that was killed is recognized: by its id on this machine, by age elsewhere.
 */
export async function withLock(path, doIt) {
	mkdirSync(dirname(path), { recursive: true });
	const mine = `${process.pid} ${hostname()} ${Date.now()}`;
	let isPrinted = false;
	while (!take(path, mine)) {
		const holder = owner(path);
		if (isStale(path, holder)) {
			setAside(path, holder);
			continue;
		}
		if (!isPrinted) process.stderr.write("purser: another start prepares this folder, waiting for it\n");
		isPrinted = true;
		await sleep(250);
	}
	const beat = setInterval(refresh, BEAT_MS, path).unref();
	try {
		return await doIt();
	} finally {
		clearInterval(beat);
		if (owner(path) === mine) rmSync(path, { recursive: true, force: true });
	}
}

function take(path, mine) {
	try {
		mkdirSync(path);
	} catch (error) {
		if (error.code === "EEXIST") return false;
		throw error;
	}
	writeFileSync(join(path, "owner"), mine);
	return true;
}

function refresh(path) {
	try {
		utimesSync(path, new Date(), new Date());
	} catch {
		// The lock was deleted: there is nothing to keep fresh.
	}
}

function owner(path) {
	try {
		return readFileSync(join(path, "owner"), "utf8");
	} catch {
		return "";
	}
}

function isStale(path, holder) {
	const [pid, host] = holder.split(" ");
	try {
		if (host === hostname() && !isAlive(Number(pid))) return true;
		return Date.now() - statSync(path).mtimeMs > STALE_MS;
	} catch {
		return false; // Released just now.
	}
}

function isAlive(pid) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error.code === "EPERM";
	}
}

/** If several processes find a lock stale, one moves it away; a lock that another has taken since is put back. */
function setAside(path, holder) {
	const aside = `${path}.${process.pid}`;
	try {
		renameSync(path, aside);
		if (owner(aside) === holder) rmSync(aside, { recursive: true, force: true });
		else renameSync(aside, path);
	} catch {
		// Another process was faster.
	}
}
