import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { assertBuilt } from "./built.ts";

/** `npm test` says which browser there is, "" being none; by itself a test takes Debian's. */
const debian = "/usr/bin/chromium";
export const browserPath = process.env["CHROMIUM_PATH"] ?? (existsSync(debian) ? debian : "");
export const noBrowser = browserPath === "";

const args = [
	"--headless",
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];

export async function openBrowser(): Promise<Browser> {
	assertBuilt();
	return chromium.launch({ executablePath: browserPath, args });
}

export const widths = { desk: 1440, phone: 400 } as const;

interface Wanted extends BrowserContextOptions {
	width?: number;
}

/** A page that keeps what a reader never sees: what the console said, and whom the page talked to. */
export type Watched = {
	readonly page: Page;
	/** Errors in the console and uncaught ones, violations of the Content-Security-Policy among them. */
	readonly errors: string[];
	/** Every request, of whatever kind, to anyone but the server given. */
	readonly strangers: string[];
	readonly close: () => Promise<void>;
};

export async function openPage(browser: Browser, web: string, path: string, { width, ...wanted }: Wanted = {}): Promise<Watched> {
	const context = await browser.newContext({
		locale: "en-US",
		timezoneId: "Europe/Berlin",
		reducedMotion: "reduce",
		...wanted,
		viewport: { width: width ?? widths.desk, height: 1000 },
	});
	const page = await context.newPage();
	page.setDefaultTimeout(15_000);
	const errors: string[] = [];
	const strangers: string[] = [];
	page.on("console", (message) => {
		if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
	});
	page.on("pageerror", (error) => errors.push(String(error)));
	context.on("request", (request) => {
		if (new URL(request.url()).host !== web) strangers.push(request.url());
	});
	page.on("websocket", (socket) => strangers.push(socket.url()));
	await page.goto(`http://${web}${path}`);
	return { page, errors, strangers, close: () => context.close() };
}

/** Returns how far the page reaches over the window's right edge, in pixels. */
export const overflowOf = (page: Page): Promise<number> =>
	page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
