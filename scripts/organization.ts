/** An invented organization's telemetry of some weeks, in the shapes of Claude Code 2.1.329. The same seed, the same records. */

export type Values = Readonly<Record<string, string | number | boolean | undefined>>;
export type EventRecord = { readonly at: number; readonly event: string; readonly attributes: Values };
export type Point = {
	readonly at: number;
	readonly name: string;
	readonly unit: string;
	readonly value: number;
	readonly attributes: Values;
};

/** What one person's machine sends in a day. */
export type Export = { readonly resource: Values; readonly events: readonly EventRecord[]; readonly points: readonly Point[] };

const hour = 3_600_000;
const day = 24 * hour;

const teams = [
	{ id: "platform", department: "engineering", cost_center: "eng-210", people: 14, keen: 1.25 },
	{ id: "payments", department: "engineering", cost_center: "eng-220", people: 12, keen: 1 },
	{ id: "mobile", department: "engineering", cost_center: "eng-230", people: 11, keen: 0.8 },
	{ id: "web", department: "engineering", cost_center: "eng-240", people: 10, keen: 0.9 },
	{ id: "data", department: "analytics", cost_center: "ana-110", people: 8, keen: 0.7 },
	{ id: "security", department: "operations", cost_center: "ops-130", people: 5, keen: 0.5 },
];
const repositories: Record<string, readonly string[]> = {
	platform: ["infra", "build-tools", "identity"],
	payments: ["ledger", "checkout"],
	mobile: ["app-ios", "app-android"],
	web: ["storefront", "checkout"],
	data: ["warehouse"],
	security: ["identity"],
};
const first =
	"ana ben cleo dara elif finn gita hugo ines jonas kaya liam mina noor olga pavel rosa sami tara uwe vera wim yara zeno";
const last = "abel brandt costa dietz ekman fuchs grau holm iqbal jansen klein lopez meyer novak okafor petit";

type Model = { readonly name: string; readonly in: number; readonly out: number; readonly perSecond: number };
/** Dollars per million tokens; reading the cache costs a tenth of input, writing it a quarter more. */
const opus: Model = { name: "claude-opus-5-5", in: 5, out: 25, perSecond: 62 };
const sonnet: Model = { name: "claude-sonnet-4-6", in: 3, out: 15, perSecond: 78 };
const haiku: Model = { name: "claude-haiku-4-5-20251001", in: 1, out: 5, perSecond: 160 };

/** Name, share, chance to fail, typical milliseconds, and the kind of its failure. */
const tools: readonly [string, number, number, number, string][] = [
	["Read", 30, 0.012, 18, "FileNotFoundError"],
	["Bash", 25, 0.085, 2400, "ShellError"],
	["Edit", 17, 0.03, 35, "StringNotFoundError"],
	["Grep", 12, 0.004, 70, "TimeoutError"],
	["Write", 6, 0.01, 28, "PermissionError"],
	["Agent", 3, 0.02, 41_000, "AbortError"],
	["WebFetch", 3, 0.11, 3100, "FetchError"],
	["mcp_tool", 2.5, 0.05, 640, "McpToolCallError"],
	["Skill", 1.5, 0, 12, ""],
];

export function* organization({ now, days, seed }: { now: number; days: number; seed: number }): Generator<Export> {
	const random = randomFrom(seed);
	const people = peopleOf(random);
	const today = Math.floor(now / day) * day;
	for (let back = days - 1; back >= 0; back--) {
		for (const person of people) {
			const made = dayOf(person, today - back * day, back, now, random);
			if (made) yield made;
		}
	}
}

interface Person {
	email: string;
	id: string;
	account: string;
	team: (typeof teams)[number];
	keen: number;
	/** Days ago when this person began: not everybody was there from the start. */
	since: number;
	version: string;
	terminal: string;
	os: string;
}

function peopleOf(random: Random): Person[] {
	const names = first.split(" ").flatMap((name) => last.split(" ").map((family) => `${name}.${family}`));
	return teams.flatMap((team) =>
		Array.from({ length: team.people }, () => {
			const email = `${names.splice(Math.floor(random() * names.length), 1)[0]}@example.com`;
			return {
				email,
				id: hex(random, 64),
				account: uuid(random),
				team,
				keen: team.keen * (0.35 + random() * 1.3),
				since: random() < 0.75 ? 99 : Math.floor(random() * 24),
				version: pick(random, ["2.1.329", "2.1.329", "2.1.329", "2.1.322"]),
				terminal: pick(random, ["vscode", "iTerm.app", "ghostty", "tmux"]),
				os: pick(random, ["darwin", "darwin", "linux"]),
			};
		}),
	);
}

function dayOf(person: Person, midnight: number, back: number, now: number, random: Random): Export | undefined {
	const weekday = new Date(midnight).getUTCDay();
	const isWeekend = weekday === 0 || weekday === 6;
	const mood = [0, 0.95, 1.05, 1.1, 1.05, 0.8, 0][weekday]!;
	// Some are away, few work at weekends.
	if (back > person.since || random() > (isWeekend ? 0.05 : 0.84)) return undefined;
	const sessions = Math.max(
		1,
		Math.round(person.keen * (isWeekend ? 0.6 : mood) * (0.9 + random() * 2.4) * (1.3 - back * 0.012)),
	);
	const events: EventRecord[] = [];
	const points: Point[] = [];
	for (let index = 0; index < sessions; index++) {
		const start = midnight + 7.2 * hour + (random() + random()) * 4.6 * hour;
		if (start < now - 300_000) session(person, start, back, random, events, points);
	}
	const { team } = person;
	const resource = {
		"service.name": "claude-code",
		"service.version": person.version,
		"os.type": person.os,
		"host.arch": "arm64",
		...labelsOf(team),
	};
	const past = <Timed extends { at: number }>(records: Timed[]) => records.filter(({ at }) => at < now);
	return { resource, events: past(events).sort((a, b) => a.at - b.at), points: past(points) };
}

const labelsOf = ({ id, department, cost_center }: Person["team"]) => ({ "team.id": id, department, cost_center });

function session(person: Person, start: number, back: number, random: Random, events: EventRecord[], points: Point[]): void {
	const repository = pick(random, repositories[person.team.id]!);
	const model = random() < 0.42 + (30 - Math.min(30, back)) * 0.008 ? opus : sonnet;
	const common: Values = {
		"user.id": person.id,
		"user.email": person.email,
		"user.account_uuid": person.account,
		"organization.id": "6f1d9a52-3c0e-4a53-9d0b-8a1f6b0c2e77",
		"session.id": uuid(random),
		"terminal.type": person.terminal,
		"vcs.repository.url.full": `https://git.example.com/northwind/${repository}`,
		...labelsOf(person.team),
	};
	let clock = start;
	let sequence = 0;
	let [active, added, removed, commits, pulls, context] = [0, 0, 0, 0, 0, 26_000];
	let prompt = "";
	const emit = (event: string, attributes: Values) => {
		const named = { "event.name": event, "event.timestamp": new Date(clock).toISOString(), "event.sequence": sequence++ };
		events.push({ at: Math.round(clock), event, attributes: { ...common, ...named, "prompt.id": prompt, ...attributes } });
	};
	/** By model, what counters will tell: cost in micro-dollars, then tokens of each type. */
	const spent = new Map<string, number[]>();
	let last: { model: string; amounts: number[] } = { model: "", amounts: [] };
	const ask = (by: Model, source: string) => {
		const isMain = source === "repl_main_thread";
		const output = Math.round((isMain ? 90 : 30) + random() ** 3 * (isMain ? 4200 : 240));
		const written = isMain ? Math.round(800 + random() * 9000) : 0;
		const read = isMain ? context : Math.round(random() * 3000);
		const input = Math.round(4 + random() * (isMain ? 60 : 900));
		context = Math.min(160_000, context + written + output);
		const took = 600 + (output / by.perSecond) * 1000 + random() * 900;
		clock += took;
		// One afternoon the model API was overloaded.
		if (random() < (back === 2 && new Date(clock).getUTCHours() >= 13 ? 0.16 : 0.004)) {
			const [status, error] = random() < 0.8 ? [529, "Overloaded"] : [500, "Internal server error"];
			emit("api_error", {
				model: by.name,
				error,
				status_code: status,
				attempt: 1,
				duration_ms: Math.round(took),
				query_source: source,
			});
			clock += 2500;
		}
		const micros = Math.round(input * by.in + output * by.out + read * by.in * 0.1 + written * by.in * 1.25);
		last = { model: by.name, amounts: [micros, input, output, read, written] };
		const before = spent.get(by.name) ?? [0, 0, 0, 0, 0];
		spent.set(
			by.name,
			before.map((amount, i) => amount + last.amounts[i]!),
		);
		emit("api_request", {
			model: by.name,
			input_tokens: input,
			output_tokens: output,
			cache_read_tokens: read,
			cache_creation_tokens: written,
			cost_usd: micros / 1e6,
			cost_usd_micros: micros,
			duration_ms: Math.round(took),
			ttft_ms: Math.round(380 + random() * 700),
			request_id: `req_${hex(random, 20)}`,
			speed: "normal",
			query_source: source,
			effort: "medium",
		});
	};
	const use = () => {
		const [name, , fails, typical, kind] = weighted(random, tools);
		const isEdit = name === "Edit" || name === "Write";
		const decision = isEdit && random() < 0.04 ? "reject" : "accept";
		const asked = isEdit || name === "Bash";
		const tool = { tool_name: name, tool_use_id: `toolu_${hex(random, 16)}` };
		if (asked || random() < 0.3)
			emit("tool_decision", { ...tool, decision, source: asked && random() < 0.35 ? "user_temporary" : "config" });
		if (decision === "reject") return;
		const took = typical * (0.3 + random() ** 4 * 9 + random());
		clock += took;
		const failed = random() < fails;
		const failure = failed ? { error_type: kind } : {};
		emit("tool_result", { ...tool, success: String(!failed), duration_ms: String(Math.round(took)), ...failure });
		if (isEdit && !failed) {
			added += Math.round(2 + random() ** 2 * 46);
			removed += Math.round(random() ** 2 * 19);
		}
		if (name === "Bash" && !failed && random() < 0.2) {
			commits++;
			if (random() < 0.3) pulls++;
		}
	};
	const prompts = 1 + Math.floor(random() ** 1.6 * 6);
	for (let index = 0; index < prompts; index++) {
		prompt = uuid(random);
		const began = clock;
		emit("user_prompt", { prompt_length: String(Math.round(20 + random() ** 2 * 700)), prompt: "<REDACTED>" });
		if (index === 0) ask(haiku, "generate_session_title");
		for (let turn = 1 + Math.floor(random() ** 1.4 * 6); turn > 0; turn--) {
			ask(model, "repl_main_thread");
			if (turn > 1) use();
		}
		active += (clock - began) / 1000;
		clock += 20_000 + random() ** 3 * 900_000;
	}
	const point = (name: string, value: number, more: Values = {}, unit = "") => {
		if (value > 0)
			points.push({ at: Math.round(clock), name: `claude_code.${name}`, unit, value, attributes: { ...common, ...more } });
	};
	point("session.count", 1, { start_type: "fresh" });
	// A few lose a delta of counters on the way.
	const isLossy = /[0-3]7$/.test(String(common["session.id"]));
	for (const [name, amounts] of spent) {
		const told = amounts.map((amount, i) => (isLossy && name === last.model ? amount - last.amounts[i]! : amount));
		point("cost.usage", told[0]! / 1e6, { model: name, query_source: "main" }, "USD");
		for (const [i, type] of ["input", "output", "cacheRead", "cacheCreation"].entries()) {
			point("token.usage", told[i + 1]!, { model: name, query_source: "main", type }, "tokens");
		}
	}
	point("lines_of_code.count", added, { type: "added", model: model.name });
	point("lines_of_code.count", removed, { type: "removed", model: model.name });
	point("commit.count", commits);
	point("pull_request.count", pulls);
	point("active_time.total", active, { type: "cli" }, "s");
	point("active_time.total", active * 0.22, { type: "user" }, "s");
}

type Random = () => number;

/** Mulberry32: small, and good enough to invent people with. */
function randomFrom(seed: number): Random {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

const pick = <Item>(random: Random, items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;

function weighted<Item extends readonly [unknown, number, ...unknown[]]>(random: Random, items: readonly Item[]): Item {
	let left = random() * items.reduce((sum, [, share]) => sum + share, 0);
	for (const item of items) {
		left -= item[1];
		if (left < 0) return item;
	}
	return items[0]!;
}

const hex = (random: Random, length: number): string =>
	Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("");

function uuid(random: Random): string {
	const digits = hex(random, 32);
	return [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `a${digits.slice(17, 20)}`, digits.slice(20)].join(
		"-",
	);
}
