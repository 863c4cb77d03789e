const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Days and weekends of one IANA time zone. Offsets are looked up once an hour of the epoch, because asking for them is slow. */
export class Calendar {
	readonly #format: Intl.DateTimeFormat;
	readonly #offsets = new Map<number, number>();

	constructor(tz: string) {
		const numeric = "numeric" as const;
		this.#format = new Intl.DateTimeFormat("en-US", {
			timeZone: tz,
			hourCycle: "h23",
			year: numeric,
			month: numeric,
			day: numeric,
			hour: numeric,
			minute: numeric,
		});
	}

	/** The local day, as a number that grows by one from day to day. */
	dayOf(ms: number): number {
		return Math.floor((ms + this.#offset(ms)) / dayMs);
	}

	/** Returns the time since local midnight, in ms. */
	timeOfDay(ms: number): number {
		return ms + this.#offset(ms) - this.dayOf(ms) * dayMs;
	}

	startOf(day: number): number {
		const shown = day * dayMs;
		const guess = shown - this.#offset(shown);
		return shown - this.#offset(guess);
	}

	isWeekend(day: number): boolean {
		// 1970-01-01 was a Thursday.
		const weekday = (((day + 4) % 7) + 7) % 7;
		return weekday === 0 || weekday === 6;
	}

	#offset(ms: number): number {
		const hour = Math.floor(ms / hourMs);
		let offset = this.#offsets.get(hour);
		if (offset === undefined) {
			const part = Object.fromEntries(this.#format.formatToParts(hour * hourMs).map(({ type, value }) => [type, Number(value)]));
			const shown = Date.UTC(part["year"]!, part["month"]! - 1, part["day"], part["hour"], part["minute"]);
			offset = shown - hour * hourMs;
			this.#offsets.set(hour, offset);
		}
		return offset;
	}
}
