/** Looks models up and ends: a short-lived worker, so that the large price list is not retained in memory. */
import { parentPort, workerData } from "node:worker_threads";
import { priceBook } from "./price-book.ts";
import type { PriceLookupRequest } from "./price-lookup.ts";

const { entries, models } = workerData as PriceLookupRequest;
const book = priceBook(entries);
parentPort!.postMessage(models.map(book));
