const none = "–";

const money = new Intl.NumberFormat("en-US", {
	style: "currency",
	currency: "USD",
	minimumFractionDigits: 4,
	maximumFractionDigits: 4,
});
const number = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });
const percent = new Intl.NumberFormat("en-US", { style: "percent", maximumFractionDigits: 1 });

export const showMoney = (usd: number): string => money.format(usd);
export const showNumber = (value: number): string => number.format(value);

/** 850 ms, 4.1 s, 4 m 10 s, 3 h 5 m. */
export function showDuration(ms: number): string {
	if (ms < 1000) return `${Math.round(ms)} ms`;
	const seconds = ms / 1000;
	if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
	const whole = Math.round(seconds);
	if (whole < 3600) return `${Math.floor(whole / 60)} m ${whole % 60} s`;
	const minutes = Math.round(seconds / 60);
	return `${showNumber(Math.floor(minutes / 60))} h ${minutes % 60} m`;
}

export function showBytes(bytes: number): string {
	const exponent = Math.min(4, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
	return `${number.format(bytes / 1024 ** exponent)} ${["B", "KiB", "MiB", "GiB", "TiB"][exponent]}`;
}

/** Formats a number with its unit, as the API names units. */
export function showQuantity(unit: string | undefined, value: unknown): string {
	if (typeof value !== "number") return none;
	switch (unit) {
		case "USD":
			return showMoney(value);
		case "1":
			return percent.format(value);
		case "ms":
			return showDuration(value);
		case "s":
			return showDuration(value * 1000);
		default:
			return showNumber(value);
	}
}

/** Marks a missing value, so that it is not taken for a gap in the table. */
export const showDimension = (value: unknown): string => (value === "" || value == null ? none : String(value));

export type Precision = "day" | "minute" | "second";

/** A time in a zone: 2026-11-21, 2026-11-21 04:36, 2026-11-21 04:36:01. */
export function showTime(iso: string, tz: string, precision: Precision): string {
	const parts = Object.fromEntries(
		formatOf(tz)
			.formatToParts(new Date(iso))
			.map(({ type, value }) => [type, value]),
	);
	const day = `${parts["year"]}-${parts["month"]}-${parts["day"]}`;
	if (precision === "day") return day;
	const minute = `${day} ${parts["hour"]}:${parts["minute"]}`;
	return precision === "minute" ? minute : `${minute}:${parts["second"]}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(tz: string): Intl.DateTimeFormat {
	let format = formats.get(tz);
	if (!format) {
		const two = "2-digit";
		format = new Intl.DateTimeFormat("en-CA", {
			timeZone: tz,
			hourCycle: "h23",
			year: "numeric",
			month: two,
			day: two,
			hour: two,
			minute: two,
			second: two,
		});
		formats.set(tz, format);
	}
	return format;
}
