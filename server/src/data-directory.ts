import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { MisuseError } from "./errors.ts";

export type DataDirectory = {
	readonly journal: string;
	readonly engine: string;
	/** The engine's socket. */
	readonly engineSocket: string;
	/** Names this directory's journal in a store that several may share. */
	readonly id: string;
	/** Whether `purser demo` made it: whatever is in it is invented. */
	readonly isDemo: boolean;
	readonly close: () => Promise<void>;
};

/** The file that tells a demonstration's data directory from any other. */
export const demoMark = "demo.json";

/** Opens the data directory for one process: a second one is told so instead of writing into the same files. */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
	try {
		mkdirSync(path, { recursive: true, mode: 0o700 });
	} catch (error) {
		throw new MisuseError(`cannot create the data directory ${path}: ${(error as Error).message}. Choose another with --data`);
	}
	const digest = createHash("sha256").update(realpathSync(path)).digest("hex").slice(0, 16);
	const short = join(tmpdir(), `purser-${userInfo().uid}-${digest}`);
	const lock = await lockDirectory(path, `${short}.lock`);
	const idPath = join(path, "id");
	if (!existsSync(idPath)) writeFileSync(idPath, `${randomUUID()}\n`, { mode: 0o600, flush: true });
	return {
		journal: join(path, "journal"),
		engine: join(path, "engine"),
		engineSocket: `${short}.sock`,
		id: readFileSync(idPath, "utf8").trim(),
		isDemo: existsSync(join(path, demoMark)),
		close: () => new Promise((resolve) => lock.close(() => resolve())),
	};
}

/**
 * A listening socket is a lock that goes with its process, however that ends. Its path is short, because sockets' paths must
 * be, and follows from the directory's.
 */
async function lockDirectory(path: string, socketPath: string): Promise<Server> {
	if (await answers(socketPath)) {
		throw new MisuseError(
			`cannot open the data directory ${path}: another Purser is using it. Stop that one, or choose another directory with --data`,
		);
	}
	rmSync(socketPath, { force: true });
	const server = createServer((socket) => socket.end()).unref();
	await new Promise<void>((resolve, reject) => server.once("error", reject).listen(socketPath, resolve));
	return server;
}

const answers = (socketPath: string): Promise<boolean> =>
	new Promise((resolve) => {
		const socket = connect(socketPath, () => {
			socket.destroy();
			resolve(true);
		});
		socket.on("error", () => resolve(false));
	});
