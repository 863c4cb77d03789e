import { open, readdir, unlink } from "node:fs/promises";
import { join } from "node:path";

/** Makes the names of a directory's files durable: a new file's name is only durable when its directory is. */
export async function syncDirectory(directory: string): Promise<void> {
	const handle = await open(directory, "r");
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

/** Writes a file and makes its content durable; its name is durable after `syncDirectory`. */
export async function writeDurably(path: string, content: Uint8Array): Promise<void> {
	const handle = await open(path, "w", 0o600);
	try {
		await handle.writeFile(content);
		await handle.sync();
	} finally {
		await handle.close();
	}
}

/**
 * Lists the files of whole segments, the oldest first. Parts of a segment that is still there are of a split that was not finished: they
 * are deleted, because the segment holds all that they do.
 */
export async function segmentFilesIn(directory: string): Promise<string[]> {
	const names = (await readdir(directory)).filter((name) => /^\d{12}-[0-9a-f]{8}(-[01])*\.segment$/.test(name)).sort();
	const known = new Set(names);
	const isWhole = (name: string) => !known.has(name.replace(/-[01]\.segment$/, ".segment")) || !/-[01]\.segment$/.test(name);
	for (const name of names) if (!isWhole(name)) await unlink(join(directory, name));
	return names.filter(isWhole);
}
