/** Prices of a model's tokens, in USD per million tokens of each kind. */
export type Rates = {
	/** Input tokens that were neither read from the cache nor written to it. */
	readonly input: number;
	readonly output: number;
	readonly cacheRead: number;
	/** Tokens written to the cache for five minutes, and for an hour. */
	readonly cacheWrite5m: number;
	readonly cacheWrite1h: number;
};

/** Rates of which those of the cache may be missing. */
export type CustomRates = Pick<Rates, "input" | "output"> & { readonly [Name in keyof Rates]?: Rates[Name] | undefined };

/** Prices of the cache as multiples of the input price, by Anthropic's rule. A few models differ. */
export const usualCachePrices = { cacheRead: 0.1, cacheWrite5m: 1.25, cacheWrite1h: 2 };

/** Rates with those of the cache that are missing: the multiple of the input price that they are in `like`, or usually. */
export function completed({ input, output, ...given }: CustomRates, like?: Rates): Rates {
	const cached = (name: keyof typeof usualCachePrices): number =>
		given[name] ?? tidy(input * (like && like.input > 0 ? like[name] / like.input : usualCachePrices[name]));
	return {
		input,
		output,
		cacheRead: cached("cacheRead"),
		cacheWrite5m: cached("cacheWrite5m"),
		cacheWrite1h: cached("cacheWrite1h"),
	};
}

/** Without the digits that binary fractions add: 0.1 * 3 is 0.3. */
const tidy = (usd: number): number => Number(usd.toPrecision(12));

export type Price = {
	readonly rates: Rates;
	/** The whole request costs these rates when its input, cache included, is more than `inputTokens`. */
	readonly above?: { readonly inputTokens: number; readonly rates: Rates };
};

/** A price and when it is in force: from `fromMs` (or always) until before `toMs` (or for good), in ms since 1970. */
export type PricePeriod = {
	readonly fromMs: number;
	readonly toMs: number;
	readonly price: Price;
	/** The list that comes with the program, or the organization's own file. */
	readonly origin: "list" | "file";
};

export type Speed = "normal" | "fast";

/** A model as a request names it: `provider` as it was sent (may be empty), `model` as it was sent. */
export type SentModel = { readonly provider: string; readonly model: string; readonly speed: Speed };

const mapRates = (rates: Rates, change: (usd: number) => number): Rates => ({
	input: change(rates.input),
	output: change(rates.output),
	cacheRead: change(rates.cacheRead),
	cacheWrite5m: change(rates.cacheWrite5m),
	cacheWrite1h: change(rates.cacheWrite1h),
});

/** The price with every rate multiplied. */
export function scaled({ rates, above }: Price, factor: number): Price {
	const change = (usd: number) => tidy(usd * factor);
	return { rates: mapRates(rates, change), ...(above && { above: { ...above, rates: mapRates(above.rates, change) } }) };
}

/** Periods with others laid over them: where both are in force, the upper ones count. In order of time. */
export function overlayPrices(under: readonly PricePeriod[], over: readonly PricePeriod[]): PricePeriod[] {
	let left = [...under];
	for (const { fromMs, toMs } of over) {
		left = left.flatMap((period) => [
			...clampToPeriod([period], Number.NEGATIVE_INFINITY, fromMs),
			...clampToPeriod([period], toMs, Number.POSITIVE_INFINITY),
		]);
	}
	return [...left, ...over].sort((a, b) => a.fromMs - b.fromMs);
}

/** The parts of periods that lie between two times. */
export function clampToPeriod(periods: readonly PricePeriod[], fromMs: number, toMs: number): PricePeriod[] {
	return periods
		.map((period) => ({ ...period, fromMs: Math.max(period.fromMs, fromMs), toMs: Math.min(period.toMs, toMs) }))
		.filter((period) => period.fromMs < period.toMs);
}
