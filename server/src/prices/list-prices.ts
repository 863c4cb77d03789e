import { calcPrice, type ModelInfo, type ModelPrice } from "@pydantic/genai-prices";
import { generation, type ProviderName, plainName, sharedName } from "./model-name.ts";
import { completed, type Price, type PricePeriod, type Rates, type Speed } from "./price.ts";

/**
 * Keys of a provider's prices in the list, in the order of lookup. Clouds without a list of their own take Anthropic's prices.
 */
const listed: Readonly<Record<ProviderName, readonly string[]>> = Object.freeze({
	anthropic: ["anthropic"],
	bedrock: ["aws"],
	vertex: ["google", "anthropic"],
	foundry: ["anthropic"],
	gateway: [],
});

/**
 * A Claude model's list prices with their dates, from the data that comes with the package: nothing is fetched. Empty when the
 * list does not have the model; the next generation of a model is another model.
 */
export function listPrices(provider: ProviderName | undefined, model: string, speed: Speed): PricePeriod[] {
	if (!provider || !sharedName(model).startsWith("claude")) return [];
	if (speed === "fast") return provider === "anthropic" ? fastPrices(model) : [];
	for (const list of listed[provider]) {
		for (const name of spellingsOf(provider, model)) {
			const found = find(list, name);
			if (found && isSame(found, model)) return periodsOf(found);
		}
	}
	return [];
}

/** The package knows some models by their exact name only: then the name without date or region is theirs. */
function spellingsOf(provider: ProviderName, model: string): string[] {
	const plain = plainName(model);
	if (provider !== "bedrock") return [plain, sharedName(model)];
	const undated = plain.replace(/-\d{8}(?=-v\d|$)/, "");
	const regional = (name: string) => name.replace(/^(?!global\.)[\w-]+\.(?=anthropic\.)/, "");
	return [plain, regional(plain), regional(undated)];
}

/** Only Anthropic serves fast mode, and its prices are in the package as another reseller at list price offers them. */
function fastPrices(model: string): PricePeriod[] {
	const [family, version] = generation(model).split(" ");
	const found = version === undefined ? undefined : find("openrouter", `anthropic/claude-${family}-${version}-fast`);
	return found ? periodsOf(found) : [];
}

const find = (list: string, name: string): ModelInfo | undefined => calcPrice({}, name, { providerId: list })?.model;

/** The package matches some models by how their name begins, which a later model's may, too. */
const isSame = (found: ModelInfo, model: string): boolean => {
	const [theirs, ours] = [generation(found.id), generation(model)];
	return theirs === "" || ours === "" || theirs === ours;
};

function periodsOf({ prices }: ModelInfo): PricePeriod[] {
	const dated = Array.isArray(prices) ? prices : [{ prices }];
	const found = dated.map(({ constraint, prices: of }, i) => {
		const startMs = constraint?.type === "start_date" ? Date.parse(constraint.start_date) : Number.NEGATIVE_INFINITY;
		// A price that depends on the hour of the day cannot be given by dates alone: such a model is not priced.
		const price = constraint?.type === "time_of_date" ? undefined : priceOf(of);
		return { fromMs: i === 0 ? Number.NEGATIVE_INFINITY : startMs, price };
	});
	return found.flatMap(({ fromMs, price }, i) =>
		price && found.every((each) => each.price)
			? [{ fromMs, toMs: found[i + 1]?.fromMs ?? Number.POSITIVE_INFINITY, price, origin: "list" as const }]
			: [],
	);
}

function priceOf(of: ModelPrice): Price | undefined {
	const { input_mtok: input } = of;
	const starts = typeof input === "object" ? input.tiers.map(({ start }) => start) : [];
	const rates = ratesAt(of, undefined);
	if (starts.length === 0) return rates && { rates };
	const above = ratesAt(of, starts[0]);
	return rates && above && starts.length === 1 ? { rates, above: { inputTokens: starts[0]!, rates: above } } : undefined;
}

function ratesAt(of: ModelPrice, start: number | undefined): Rates | undefined {
	const usd = (name: string): number | undefined => {
		const price = of[`${name}_mtok`];
		if (typeof price !== "object") return price;
		return start === undefined ? price.base : (price.tiers.find((tier) => tier.start === start)?.price ?? price.base);
	};
	const [input, output] = [usd("input"), usd("output")];
	if (input === undefined || output === undefined) return undefined;
	return completed({
		input,
		output,
		cacheRead: usd("cache_read"),
		cacheWrite5m: usd("cache_write"),
		cacheWrite1h: usd("cache_write_1h"),
	});
}
