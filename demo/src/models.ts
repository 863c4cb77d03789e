/** Dollars per million tokens: reading the cache costs a tenth of input, writing it a quarter more. */
export type Model = { readonly name: string; readonly input: number; readonly output: number; readonly tokensPerSecond: number };

export const opus: Model = { name: "claude-opus-5-5", input: 5, output: 25, tokensPerSecond: 62 };
export const sonnet: Model = { name: "claude-sonnet-4-6", input: 3, output: 15, tokensPerSecond: 78 };
export const haiku: Model = { name: "claude-haiku-4-5-20251001", input: 1, output: 5, tokensPerSecond: 160 };

export type Tokens = {
	readonly input: number;
	readonly output: number;
	readonly cacheRead: number;
	readonly cacheCreation: number;
};

/** Returns the cost of a request at list prices, in micro-dollars. */
export const microsOf = ({ input, output }: Model, tokens: Tokens): number =>
	Math.round(
		tokens.input * input + tokens.output * output + tokens.cacheRead * input * 0.1 + tokens.cacheCreation * input * 1.25,
	);
