import { messageOf } from "../errors.ts";
import { Job } from "../job.ts";
import type { Log } from "../log.ts";
import { bind, identifier, identifiers, join, literal, sql } from "../sql.ts";
import { chunk } from "../store/chunk.ts";
import { createDictionaries } from "../store/dictionary.ts";
import { formatTime } from "../store/format-time.ts";
import type { Store } from "../store/store.ts";
import type { SentModel } from "./price.ts";
import type { PriceEntry } from "./price-file.ts";
import { lookUpPrices } from "./price-lookup.ts";
import {
	canonical,
	columnsWithoutTime,
	createTable,
	dictionaries,
	priceIds,
	priceRates,
	rowsOf,
	structure,
	type Value,
} from "./price-rows.ts";

export type PriceTableOptions = {
	readonly store: Store;
	/** Returns the organization's own prices. */
	readonly entries: () => readonly PriceEntry[];
	readonly canAsk: () => boolean;
	/** Called when models have other prices. */
	readonly onChanged: () => void;
	readonly log: Log;
};

/** Minimum time between two looks for new models, and the time after a failure. */
const intervalMs = 2000;
const retryMs = 60_000;

/** The table holds at most this many models, those with a price first: senders choose the names. */
const maxModels = 2000;
/** At most this many distinct new names are grouped by one query, which returns the most frequent. */
const maxNewNames = 100_000;
const maxNameLength = 200;
/** With more new parts than this the whole table is asked: the names of parts go in the request's address. */
const maxParts = 50;
/** Maximum size of one insert, in characters. */
const mostCharacters = 8000;

/**
 * The table `prices`: what each model seen in `events` costs and when, as the price book says. It is derived: whatever it
 * holds is brought in line with the book when a store is opened, when a model appears and when the file changes.
 */
export class PriceTable {
	readonly #options: PriceTableOptions;
	readonly #models = new Map<string, SentModel>();
	#seenParts: ReadonlySet<string> = new Set();
	readonly #job: Job;
	#isPrepared = false;
	/** True once models were left out because the table was full. */
	#isFull = false;
	/** True if the table has all known models at the prices of this process's book. */
	#isFilled = false;

	constructor(options: PriceTableOptions) {
		this.#options = options;
		const { canAsk: canRun, log } = options;
		this.#job = new Job({ name: "price models", run: () => this.#update(), canRun, intervalMs, retryMs, log });
	}

	/**
	 * Creates table and dictionaries, without which questions about prices fail; all others don't, so what goes wrong is logged
	 * and tried again with the next look.
	 */
	async prepare(): Promise<void> {
		this.#isPrepared = false;
		try {
			await this.#create();
		} catch (error) {
			this.#options.log.warn(`cannot prepare prices, so costs cannot be recomputed: ${messageOf(error)}`);
		}
		this.#job.notify();
	}

	async #create(): Promise<void> {
		const { store } = this.#options;
		await store.command(createTable);
		await createDictionaries(store, (source) => dictionaries(source({ table: "prices" })));
		await this.#reload(priceRates, priceIds);
		// A store that was away may have lost what it had not synced.
		this.#seenParts = new Set();
		this.#isFilled = false;
		this.#isPrepared = true;
	}

	/** The price file changed: all models are priced again soon. */
	changed(): void {
		this.#isFilled = false;
		// Models that were left out may have a price now.
		if (this.#isFull) this.#seenParts = new Set();
		this.notify();
	}

	/** Schedules a look for new models. Does not wait. */
	notify(): void {
		this.#job.notify();
	}

	close(): Promise<void> {
		return this.#job.close();
	}

	async #update(): Promise<void> {
		if (!this.#isPrepared) await this.#create();
		await this.#findModels();
		if (this.#isFilled) return;
		// Set before, because the file may change meanwhile.
		this.#isFilled = true;
		try {
			await this.#fill();
		} catch (error) {
			this.#isFilled = false;
			throw error;
		}
	}

	/** Reads only the parts of `events` that came since the last time. */
	async #findModels(): Promise<void> {
		const { store } = this.#options;
		const parts = await store.rows<{ name: string }>(
			sql`SELECT name FROM system.parts WHERE database = currentDatabase() AND table = 'events' AND active`,
		);
		const unread = parts.map(({ name }) => name).filter((name) => !this.#seenParts.has(name));
		if (unread.length === 0) return;
		const only = unread.length <= maxParts ? sql` AND _part IN ${bind(unread, "Array(String)")}` : sql``;
		const found = await store.rows<SentModel>(
			// Grouped and not DISTINCT: over dictionary columns that takes a third of the time.
			sql`SELECT anthropic_provider AS provider, events.model AS model, if(events.speed = 'fast', 'fast', 'normal') AS speed FROM events WHERE event = 'api_request'${only} GROUP BY anthropic_provider, events.model, events.speed HAVING length(events.model) <= ${maxNameLength} ORDER BY count() DESC LIMIT ${maxModels}`,
			{},
			false,
			{ max_rows_to_group_by: String(maxNewNames), group_by_overflow_mode: "any" },
		);
		const fresh = found.map((sent) => [keyOf(sent), sent] as const).filter(([key]) => !this.#models.has(key));
		if (fresh.length > 0) {
			await this.#add(fresh);
			this.#isFilled = false;
		}
		// Noted last: what could not be read is read again.
		this.#seenParts = new Set(parts.map(({ name }) => name));
	}

	/** Adds models. A full table drops those without a price first. */
	async #add(fresh: readonly (readonly [key: string, sent: SentModel])[]): Promise<void> {
		const { entries, log } = this.#options;
		const all = [...this.#models, ...fresh];
		if (all.length > maxModels) {
			if (!this.#isFull) log.warn(`more than ${maxModels} models were sent: names that have no price are left out first`);
			this.#isFull = true;
			const periods = await lookUpPrices(
				entries(),
				all.map(([, sent]) => sent),
			);
			const isPriced = new Map(all.map(([key], i) => [key, periods[i]!.length > 0]));
			all.sort(([a], [b]) => Number(isPriced.get(b)) - Number(isPriced.get(a)));
		}
		this.#models.clear();
		for (const [key, sent] of all.slice(0, maxModels)) this.#models.set(key, sent);
	}

	/** Brings the table in line with the book. Changes nothing when it is. */
	async #fill(): Promise<void> {
		const { store, entries } = this.#options;
		const models = [...this.#models.values()];
		const answer = models.length > 0 ? await lookUpPrices(entries(), models) : [];
		const wanted = models.flatMap((sent, i) => rowsOf(sent, answer[i]!));
		const shape = columnsWithoutTime.map((name) =>
			name.startsWith("valid_") ? sql`toUnixTimestamp(${identifier(name)})` : identifier(name),
		);
		const there = await store.rows<{ row: string }>(sql`SELECT toJSONString(tuple(${join(shape)})) AS row FROM prices`);
		const has = new Set(there.map(({ row }) => canonical(JSON.parse(row) as Value[])));
		if (there.length === wanted.length && wanted.every((row) => has.has(canonical(row)))) return;

		const filledAt = bind(formatTime(Date.now()), "DateTime64(3, 'UTC')");
		for (const rows of chunk(wanted, mostCharacters, (row) => encodeURIComponent(JSON.stringify(row)).length)) {
			await store.command(
				sql`INSERT INTO prices (${identifiers(columnsWithoutTime)}, filled_at) SELECT *, ${filledAt} FROM format(JSONCompactEachRow, ${literal(structure)}, ${bind(rows.map((row) => JSON.stringify(row)).join("\n"))})`,
			);
		}
		// First all rates that are or were in force, then which is in force now: no request is left without one between the two.
		await this.#reload(priceRates);
		await store.command(sql`ALTER TABLE prices DELETE WHERE filled_at != ${filledAt} SETTINGS mutations_sync = 2`);
		await this.#reload(priceIds);
		this.#options.onChanged();
	}

	async #reload(...names: readonly string[]): Promise<void> {
		for (const name of names) await this.#options.store.command(sql`SYSTEM RELOAD DICTIONARY ${identifier(name)}`);
	}
}

const keyOf = ({ provider, model, speed }: SentModel): string => JSON.stringify([provider, model, speed]);
