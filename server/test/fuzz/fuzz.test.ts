import { expect, test } from "vitest";
import { fuzz } from "./run.ts";

test("inputs of every kind are answered or refused, and change nothing else; `npm run fuzz` tries more of them", async () => {
	expect(await fuzz({ inputs: 3000, seed: 20261126, only: [], say: () => undefined })).toEqual([]);
}, 300_000);
