import { Worker } from "node:worker_threads";
import type { PricePeriod, SentModel } from "./price.ts";
import type { PriceEntry } from "./price-file.ts";

export type PriceLookupRequest = { readonly entries: readonly PriceEntry[]; readonly models: readonly SentModel[] };
/** The periods of each model's prices, in the models' order. */
export type PriceLookupResponse = readonly (readonly PricePeriod[])[];

/**
 * Asks the price book in a thread of its own. Models are few and new ones rare, while the list of prices takes 20 MB and a start
 * 50 ms longer wherever it is loaded.
 */
export function lookUpPrices(entries: readonly PriceEntry[], models: readonly SentModel[]): Promise<PriceLookupResponse> {
	return new Promise((resolve, reject) => {
		const question: PriceLookupRequest = { entries, models };
		const worker = new Worker(new URL("./price-lookup-worker.ts", import.meta.url), { workerData: question });
		worker.once("message", resolve);
		worker.once("error", reject);
		worker.once("exit", (code) => reject(new Error(`the price book ended with ${code} and no answer`)));
	});
}
