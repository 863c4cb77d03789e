import { flags } from "./flags.ts";
import type { Input, Inputs } from "./inputs.ts";
import { Random } from "./random.ts";
import { records } from "./records.ts";
import { routes } from "./routes.ts";
import { statements } from "./statements.ts";
import { startTarget } from "./target.ts";

export const kinds: Readonly<Record<string, Inputs>> = Object.freeze({ routes, sql: statements, otlp: records, cli: flags });

export type FuzzOptions = {
	readonly inputs: number;
	readonly seed: number;
	readonly only: readonly string[];
	readonly say: (message: string) => void;
};

/** So many under way at a time, and so many until everything is looked at. */
const together = 12;
const batchSize = 4000;

/** Attacks a Purser of its own. Resolves to what was found: each with the input, and with the seed the same again. */
export async function fuzz({ inputs, seed, only, say }: FuzzOptions): Promise<readonly string[]> {
	const target = await startTarget();
	const found: string[] = [];
	try {
		const chosen = Object.entries(kinds).filter(([name]) => only.length === 0 || only.includes(name));
		const makers = await Promise.all(
			chosen.map(async ([name, make], i) => ({ name, next: await make(new Random(seed + i * 7919), target) })),
		);
		for (let done = 0; done < inputs && found.length < 20; ) {
			const batch = Array.from({ length: Math.min(batchSize, inputs - done) }, (_, i) => {
				const { name, next } = makers[(done + i) % makers.length]!;
				return { ...next(), name };
			});
			found.push(...(await runAll(batch)));
			done += batch.length;
			const wrong = await target.wrong();
			if (wrong !== undefined) found.push(`after ${done} inputs: ${wrong}`);
			say(`${done} inputs, ${found.length} found`);
			if (wrong !== undefined) break;
		}
	} finally {
		await target.stop();
	}
	return found;
}

async function runAll(batch: readonly (Input & { readonly name: string })[]): Promise<string[]> {
	const found: string[] = [];
	let next = 0;
	const work = async (): Promise<void> => {
		for (let input = batch[next++]; input; input = batch[next++]) {
			const wrong = await input
				.run()
				.catch((error: unknown) => `no answer: ${String(error)} ${String((error as Error).cause ?? "")}`);
			if (wrong !== undefined) found.push(`${input.name}: ${input.what.slice(0, 4000)}\n  ${wrong}`);
		}
	};
	await Promise.all(Array.from({ length: together }, work));
	return found;
}
