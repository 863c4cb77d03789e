export const providers = ["anthropic", "bedrock", "vertex", "foundry", "gateway"] as const;
export type ProviderName = (typeof providers)[number];

/** The spellings of `anthropic.provider`. */
const spellings: ReadonlyMap<string, ProviderName> = new Map([
	["", "anthropic"],
	["firstparty", "anthropic"],
	...providers.map((name) => [name, name] as const),
]);

/**
 * A model's name without what is no part of it: a suffix for the window (`claude-sonnet-4-6[1m]`), the path of an ARN or of a
 * proxy's route (`bedrock/us.anthropic.claude-…`), capitals.
 */
export function plainName(sent: string): string {
	const name = sent
		.toLowerCase()
		.trim()
		.replace(/\[[^\]]*\]$/, "");
	return name.slice(name.lastIndexOf("/") + 1);
}

/** The name that all providers' spellings of a model share: `us.anthropic.claude-opus-4-5-20251101-v1:0` is `claude-opus-4-5`. */
export function sharedName(sent: string): string {
	return plainName(sent)
		.replace(/^.*\banthropic\./, "")
		.replace(/@.*$/, "")
		.replace(/-v\d+(:\w+)*$/, "")
		.replace(/-(\d{8}|latest)$/, "");
}

/**
 * Returns the provider that served a request: the one that was sent, or the one that the model's spelling implies, as versions
 * before 2.1.329 send no provider and a proxy in front of a cloud looks like Anthropic's own API. Undefined for a provider that
 * is not known.
 */
export function providerOf(sent: string, model: string): ProviderName | undefined {
	const provider = spellings.get(sent.toLowerCase());
	if (provider !== "anthropic") return provider;
	if (/^arn:aws[\w-]*:bedrock:/i.test(model) || /\banthropic\.claude/.test(plainName(model))) return "bedrock";
	return plainName(model).includes("@") ? "vertex" : "anthropic";
}

/** Returns family and version of a Claude model, e.g. `opus 4.5`; empty for a name without both. */
export function generation(model: string): string {
	const match = /^claude-(?:(\d{1,2}(?:[-.]\d{1,2})?)-)?([a-z]{3,})(?:-(\d{1,2}(?:[-.]\d{1,2})?))?(?!\d)/.exec(sharedName(model));
	const version = match?.[1] ?? match?.[3];
	return match && version ? `${match[2]} ${version.replace("-", ".").replace(/\.0$/, "")}` : "";
}
