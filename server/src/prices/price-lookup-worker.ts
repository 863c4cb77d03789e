/** Looks models up in the price book and ends: the list of all prices there are stays in nobody's memory. */
import { parentPort, workerData } from "node:worker_threads";
import { priceBook } from "./price-book.ts";
import type { PriceLookupRequest } from "./price-lookup.ts";

const { entries, models } = workerData as PriceLookupRequest;
const book = priceBook(entries);
parentPort!.postMessage(models.map(book));
