import { existsSync } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseKeys, type StoredKey } from "../access/key-ring.ts";
import { UsageError } from "../errors.ts";

export const readKeyFile = async (path: string): Promise<StoredKey[]> =>
	existsSync(path) ? parseKeys(await readFile(path, "utf8"), path) : [];

/** A change that is not done by then was left behind by a process that died. */
const abandonedMs = 10_000;

/**
 * Changes the key file: a reader sees the old one or the new one, and only its owner may read it. Concurrent changes wait for
 * each other.
 */
export async function changeKeyFile(path: string, change: (keys: readonly StoredKey[]) => readonly StoredKey[]): Promise<void> {
	await mkdir(dirname(path), { recursive: true, mode: 0o700 });
	const newPath = `${path}.new`;
	const file = await claim(newPath);
	try {
		const keys = change(await readKeyFile(path));
		await file.writeFile(`${JSON.stringify(keys, undefined, "\t")}\n`);
		await file.sync();
		await file.close();
		await rename(newPath, path);
		const directory = await open(dirname(path), "r");
		await directory.sync().finally(() => directory.close());
	} catch (error) {
		await file.close();
		await rm(newPath, { force: true });
		throw error;
	}
}

async function claim(path: string) {
	for (const deadline = Date.now() + abandonedMs * 2; Date.now() < deadline; await sleep(50)) {
		try {
			return await open(path, "wx", 0o600);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== "EEXIST")
				throw new UsageError(`cannot write ${path}: ${(error as Error).message}`);
			const left = await stat(path).catch(() => undefined);
			if (left && Date.now() - left.mtimeMs > abandonedMs) await rm(path, { force: true });
		}
	}
	throw new Error(`cannot write ${path}: it is being written by another process`);
}
