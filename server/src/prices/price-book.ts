import { listPrices } from "./list-prices.ts";
import { type ProviderName, plainName, providerOf, sharedName } from "./model-name.ts";
import { clampToPeriod, completed, overlayPrices, type Price, type PricePeriod, type SentModel, scaled } from "./price.ts";
import type { PriceEntry } from "./price-file.ts";

/** The prices of a model over time. Empty where they are unknown: an unpriced model is not a free one. */
export type PriceBook = (sent: SentModel) => readonly PricePeriod[];

/** List prices, and over them the entries of a price file in its order: of those in force at a time the last one counts. */
export const priceBook =
	(entries: readonly PriceEntry[]): PriceBook =>
	({ provider: sent, model, speed }) => {
		const provider = providerOf(sent, model);
		const list = listPrices(provider, model, speed);
		let periods = list;
		for (const entry of entries) {
			if (entry.speed !== undefined && entry.speed !== speed) continue;
			if (entry.provider !== undefined && entry.provider !== provider) continue;
			if (!isMeant(entry.model, model)) continue;
			periods = overlayPrices(periods, entryPeriods(entry, provider, { provider: sent, model, speed }, list));
		}
		return periods;
	};

function entryPeriods(
	entry: PriceEntry,
	provider: ProviderName | undefined,
	{ model, speed }: SentModel,
	list: readonly PricePeriod[],
): PricePeriod[] {
	const { fromMs, toMs } = entry;
	if (entry.kind === "list") {
		const served = provider === undefined || provider === "gateway" ? "" : provider;
		const base = entry.as === undefined ? list : listPrices(providerOf(served, entry.as), entry.as, speed);
		return clampToPeriod(base, fromMs, toMs).map((period) => ({
			...period,
			price: scaled(period.price, entry.factor),
			origin: "file",
		}));
	}
	// Cache prices that are left out keep their ratio to the input price, which fast mode shares with the normal speed.
	const like = (list.length > 0 ? list : listPrices(provider, model, "normal")).at(-1)?.price.rates;
	const { rates, above } = entry;
	const price: Price = {
		rates: completed(rates, like),
		...(above && { above: { inputTokens: above.inputTokens, rates: completed(above.rates, like) } }),
	};
	return [{ fromMs, toMs, price, origin: "file" }];
}

/** Returns true if an entry's model, a name or a pattern, matches the one that was sent, in any of its spellings. */
function isMeant(pattern: string, model: string): boolean {
	const isArn = pattern.includes("/");
	const spellings = [model.toLowerCase(), plainName(model), sharedName(model)];
	if (pattern.includes("*")) {
		const parts = pattern
			.toLowerCase()
			.split("*")
			.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
		const expression = new RegExp(`^${parts.join(".*")}$`, "s");
		return spellings.some((name) => expression.test(name));
	}
	return spellings.includes(isArn ? pattern.toLowerCase() : plainName(pattern));
}
