import { compactNumber } from "./number.ts";

/** Dollars for reading: cents where cents matter, none from ten thousand on, and never "$0.00" for something. */
export function money(usd: number, locale?: string): string {
	const size = Math.abs(usd);
	if (size >= 99_999.5) return sign(usd) + dollar(compactNumber(size, locale));
	if (size > 0 && size < 0.01) return size < 0.0001 ? `${sign(usd)}<$0.0001` : currency(usd, locale, 4);
	return currency(usd, locale, size >= 1000 ? 0 : 2);
}

/** Dollars for checking: to the micro-dollar, the precision of accounting. */
export function exactMoney(usd: number, locale?: string): string {
	return new Intl.NumberFormat(locale, {
		style: "currency",
		currency: "USD",
		currencyDisplay: "narrowSymbol",
		minimumFractionDigits: 2,
		maximumFractionDigits: 6,
	}).format(usd);
}

const currency = (usd: number, locale: string | undefined, digits: number): string =>
	new Intl.NumberFormat(locale, {
		style: "currency",
		currency: "USD",
		currencyDisplay: "narrowSymbol",
		minimumFractionDigits: digits,
		maximumFractionDigits: digits,
	}).format(usd);

const sign = (usd: number): string => (usd < 0 ? "−" : "");
const dollar = (text: string): string => `$${text}`;
