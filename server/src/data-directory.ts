import { randomUUID } from "node:crypto";
import { chmodSync, constants, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { messageOf, UsageError } from "./errors.ts";

export type DataDirectory = {
	readonly journal: string;
	readonly engine: string;
	/** The engine's socket. */
	readonly engineSocket: string;
	/** The SQLite database of modules' own tables. */
	readonly state: string;
	/** Names this directory's journal in a store that several may share. */
	readonly id: string;
	/** True if `purser demo` made the directory: all of its records are invented. */
	readonly isDemo: boolean;
	readonly close: () => Promise<void>;
};

/** The file that distinguishes a demonstration's data directory from any other. */
export const demoMark = "demo.json";

/** Opens the data directory for one process: a second one fails instead of writing into the same files. */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
	const run = join(path, "run");
	try {
		mkdirSync(path, { recursive: true, mode: 0o700 });
		mkdirSync(run, { recursive: true, mode: 0o700 });
		// A client that reaches the engine's socket is its administrator, even where the directory was made by and for other
		// users.
		chmodSync(run, 0o700);
	} catch (error) {
		throw new UsageError(`cannot create the data directory ${path}: ${messageOf(error)}. Choose another with --data`);
	}
	const lock = lockDirectory(path, join(run, "lock"));
	const idPath = join(path, "id");
	if (!existsSync(idPath)) writeFileSync(idPath, `${randomUUID()}\n`, { mode: 0o600, flush: true });
	return {
		journal: join(path, "journal"),
		engine: join(path, "engine"),
		engineSocket: join(shortPath(run), "engine.sock"),
		state: join(path, "state.db"),
		id: readFileSync(idPath, "utf8").trim(),
		isDemo: existsSync(join(path, demoMark)),
		close: async () => lock.close(),
	};
}

/**
 * A lock that goes with its process, however that ends, and that one of any number of processes gets: the one that SQLite has on a
 * file, as every system has such locks and Node.js nothing else that asks for them. There is nothing in the file.
 */
function lockDirectory(path: string, file: string): DatabaseSync {
	let lock: DatabaseSync | undefined;
	try {
		lock = new DatabaseSync(file);
		lock.exec("PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
		return lock;
	} catch (error) {
		lock?.close();
		const isTaken = (error as { errcode?: number }).errcode === 5;
		throw new UsageError(
			isTaken
				? `cannot open the data directory ${path}: another Purser is using it. Stop that one, or choose another directory with --data`
				: `cannot lock the data directory ${path}: ${messageOf(error)}. Its file system must have locks; choose another with --data`,
		);
	}
}

/** Sockets' paths may have about a hundred bytes. Where a directory's has more, Linux knows it by a short one, while we have it open. */
function shortPath(directory: string): string {
	if (Buffer.byteLength(directory) <= 80) return directory;
	if (process.platform !== "linux")
		throw new UsageError(
			`cannot use the data directory ${directory}: its path is too long for a socket. Choose another with --data`,
		);
	return `/proc/${process.pid}/fd/${openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY)}`;
}
