import { readFileSync } from "node:fs";
import { messageOf, UsageError } from "../errors.ts";
import { yaml } from "../lazy-imports.ts";
import { type ProviderName, providers } from "./model-name.ts";
import type { CustomRates, Speed } from "./price.ts";

/** One entry of a price file: whom and when it concerns, and what then counts instead of the list price. */
export type PriceEntry = {
	/** A model's name in any spelling, or a pattern with `*`. */
	readonly model: string;
	/** Undefined: every provider. */
	readonly provider?: ProviderName;
	/** Undefined: every speed. */
	readonly speed?: Speed;
	readonly fromMs: number;
	readonly toMs: number;
} & (
	| {
			readonly kind: "rates";
			readonly rates: CustomRates;
			readonly above?: { readonly inputTokens: number; readonly rates: CustomRates };
	  }
	/** The list price of the model (or of `as`, another one) times `factor`. */
	| { readonly kind: "list"; readonly as?: string; readonly factor: number }
);

/** Reads the file that `--prices` names. All that is wrong with it is said at once, in one MisuseError. */
export function readPriceFile(path: string): PriceEntry[] {
	let text: string;
	try {
		text = readFileSync(path, "utf8");
	} catch (error) {
		throw new UsageError(
			`cannot read the prices: ${messageOf(error)}\nMend the setting "prices", or leave it out to use list prices.`,
		);
	}
	return parsePriceFile(text, path);
}

/** Parses a price file's text, YAML or JSON. Problems read `path:line: entry 2 (claude-…): what is wrong`. */
export function parsePriceFile(text: string, path: string): PriceEntry[] {
	const { isMap, isSeq, LineCounter, parseDocument } = yaml();
	const lines = new LineCounter();
	const document = parseDocument(text, { lineCounter: lines });
	const lineAt = (offset: number | undefined): number => lines.linePos(offset ?? 0).line || 1;
	const problems = document.errors.map(({ message, pos }) => `${path}:${lineAt(pos[0])}: ${message.split("\n")[0]}`);
	const entries: PriceEntry[] = [];
	const content = document.contents;
	if (problems.length === 0 && content !== null && !isSeq(content)) {
		problems.push(`${path}:1: must be a list of entries, each beginning with "- model: …"`);
	}
	if (problems.length === 0 && isSeq(content)) {
		const starts: { key: string; entry: PriceEntry; number: number }[] = [];
		content.items.forEach((node, i) => {
			const raw: unknown = isMap(node) ? node.toJS(document) : undefined;
			const offset = (node as { range?: [number, number, number] | null } | null)?.range?.[0];
			const model = (raw as { model?: unknown } | undefined)?.model;
			const where = `${path}:${lineAt(offset)}: entry ${i + 1}${typeof model === "string" ? ` (${model})` : ""}`;
			const wrong = (problem: string) => problems.push(`${where}: ${problem}`);
			if (raw === undefined) {
				wrong('must have keys, as "model: claude-opus-4-5"');
				return;
			}
			const entry = parseEntry(raw as Record<string, unknown>, wrong);
			if (!entry) return;
			// The last of two that are in force counts: in the wrong order the earlier price would hide the later one for good.
			const key = [entry.model.toLowerCase(), entry.provider, entry.speed].join(" ");
			const hidden = starts.find((each) => each.key === key && each.entry.fromMs > entry.fromMs && each.entry.toMs <= entry.toMs);
			if (hidden) wrong(`begins before entry ${hidden.number}, which has the same model: put them in the order of "from"`);
			starts.push({ key, entry, number: i + 1 });
			entries.push(entry);
		});
	}
	if (problems.length > 0) {
		throw new UsageError(`cannot read the prices:\n  ${problems.join("\n  ")}\nAn entry is explained in docs/prices.md.`);
	}
	return entries;
}

const rateNames = Object.freeze({
	input: "input",
	output: "output",
	cache_read: "cacheRead",
	cache_write_5m: "cacheWrite5m",
	cache_write_1h: "cacheWrite1h",
} as const);
const rateKeys = Object.keys(rateNames) as (keyof typeof rateNames)[];
const entryKeys: readonly string[] = [
	"model",
	"provider",
	"speed",
	"from",
	"to",
	"as",
	"discount_percent",
	"above",
	"note",
	...rateKeys,
];

function parseEntry(raw: Record<string, unknown>, report: (problem: string) => void): PriceEntry | undefined {
	let isRight = true;
	const wrong = (problem: string) => {
		isRight = false;
		report(problem);
	};
	refuseUnknown(raw, entryKeys, "", wrong);
	const { model, provider, speed, as, discount_percent: discount } = raw;
	if (typeof model !== "string" || model.trim() === "") wrong('"model" must be a name, as claude-opus-4-5, or a pattern, as "*"');
	if (provider !== undefined && !providers.includes(provider as ProviderName)) {
		wrong(`"provider" must be one of ${providers.join(", ")}, not ${shown(provider)}`);
	}
	if (speed !== undefined && speed !== "normal" && speed !== "fast") wrong(`"speed" must be normal or fast, not ${shown(speed)}`);
	const fromMs = parseTime(raw, "from", Number.NEGATIVE_INFINITY, wrong);
	const toMs = parseTime(raw, "to", Number.POSITIVE_INFINITY, wrong);
	if (fromMs >= toMs) wrong('"from" must be before "to"');
	if (as !== undefined && (typeof as !== "string" || as.trim() === "")) wrong(`"as" must be a model's name, not ${shown(as)}`);
	if (discount !== undefined && (typeof discount !== "number" || !(discount < 100) || discount < -1000)) {
		wrong(`"discount_percent" must be a number below 100, as 12.5, not ${shown(discount)}`);
	}
	const hasRates = rateKeys.some((key) => raw[key] !== undefined) || raw["above"] !== undefined;
	const ofList = as !== undefined || discount !== undefined;
	if (hasRates === ofList) {
		wrong('must have either prices ("input" and "output"), or "discount_percent" or "as", which refer to the list price');
	}
	const rates = hasRates ? parseRates(raw, "", wrong) : undefined;
	const above = raw["above"] === undefined ? undefined : parseAbove(raw["above"], wrong);
	if (!isRight) return undefined;
	const concerns = {
		model: (model as string).trim(),
		fromMs,
		toMs,
		...(provider !== undefined && { provider: provider as ProviderName }),
	};
	if (rates)
		return { ...concerns, speed: (speed as Speed | undefined) ?? "normal", kind: "rates", rates, ...(above && { above }) };
	return {
		...concerns,
		...(speed !== undefined && { speed: speed as Speed }),
		kind: "list",
		...(as !== undefined && { as: as as string }),
		factor: 1 - ((discount as number | undefined) ?? 0) / 100,
	};
}

type Wrong = (problem: string) => void;

function parseAbove(raw: unknown, wrong: Wrong): { inputTokens: number; rates: CustomRates } | undefined {
	if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
		wrong('"above" must have "tokens" and the prices of requests with more input than that');
		return undefined;
	}
	const given = raw as Record<string, unknown>;
	refuseUnknown(given, ["tokens", ...rateKeys], "above.", wrong);
	const { tokens } = given;
	if (!Number.isSafeInteger(tokens) || (tokens as number) <= 0) {
		wrong(`"above.tokens" must be a number of input tokens, as 200000, not ${shown(tokens)}`);
	}
	const rates = parseRates(given, "above.", wrong);
	return rates && { inputTokens: tokens as number, rates };
}

function parseRates(raw: Record<string, unknown>, prefix: string, wrong: Wrong): CustomRates | undefined {
	const rates: Record<string, number> = {};
	for (const key of rateKeys) {
		const value = raw[key];
		if (value === undefined) {
			if (key === "input" || key === "output") wrong(`"${prefix}${key}" is missing`);
		} else if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
			wrong(`"${prefix}${key}" must be USD per million tokens, as 3.75, not ${shown(value)}`);
		} else if (value > 0 && value < 0.0005) {
			wrong(`"${prefix}${key}" is ${value}, which looks like a price of one token: prices are USD per million tokens`);
		} else rates[rateNames[key]] = value;
	}
	return "input" in rates && "output" in rates ? (rates as CustomRates) : undefined;
}

function refuseUnknown(raw: Record<string, unknown>, known: readonly string[], prefix: string, wrong: Wrong): void {
	for (const key of Object.keys(raw)) {
		if (!known.includes(key)) wrong(`there is no key "${prefix}${key}". Known: ${known.join(", ")}`);
	}
}

/** A day, which begins at midnight UTC, or a time with its zone. */
function parseTime(raw: Record<string, unknown>, key: "from" | "to", missing: number, wrong: Wrong): number {
	const value = raw[key];
	if (value === undefined) return missing;
	const text = String(value);
	const isTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
	const time = Date.parse(text);
	const isDay = !Number.isNaN(time) && (text.length > 10 || new Date(time).toISOString().startsWith(text));
	if (isTime && isDay) return time;
	wrong(
		`"${key}" must be a day, as 2026-07-01 (it begins at midnight UTC), or a time, as 2026-07-01T00:00:00+02:00, not ${shown(value)}`,
	);
	return missing;
}

const shown = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));
