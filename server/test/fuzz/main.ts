import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { fuzz, kinds } from "./run.ts";

// `npm run fuzz -- --inputs 100000 --seed 7 --only sql`: attacks a Purser of its own with inputs of every kind.
const { values } = parseArgs({
	options: {
		inputs: { type: "string", default: "100000" },
		seed: { type: "string", default: String(randomInt(2 ** 31)) },
		only: { type: "string", multiple: true, default: [] },
	},
});
const say = (message: string): void => void process.stderr.write(`${message}\n`);
for (const name of values.only)
	if (!Object.hasOwn(kinds, name)) throw new Error(`--only must be of ${Object.keys(kinds).join(", ")}, not "${name}"`);

say(`seed ${values.seed}`);
const found = await fuzz({ inputs: Number(values.inputs), seed: Number(values.seed), only: values.only, say });
for (const each of found) say(`\n${each}`);
say(`\n${values.inputs} inputs, seed ${values.seed}: ${found.length === 0 ? "nothing found" : `${found.length} found`}`);
process.exitCode = found.length === 0 ? 0 : 1;
process.exit();
