// `node_modules/.bin/node scripts/screenshots.ts`: the pictures in docs/pictures, of the real page on a real server that received an
// invented organization's last weeks. Wants a built page (`npm run build`) and Chromium.
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { directoryOf, emitHistory, peopleOf } from "../demo/src/index.ts";
import { readConfig } from "../server/src/config.ts";
import { openPurser } from "../server/src/main.ts";
import { noLog } from "../server/test/log.ts";
import { findBrowser } from "./browser.mjs";

const folder = process.argv[2] ?? join(dirname(dirname(fileURLToPath(import.meta.url))), "docs/pictures");

// A Thursday afternoon: a week with its weekend behind it, and a day that is not over.
const day = 86_400_000;
const midnight = Math.floor(Date.now() / day) * day;
const now = midnight - ((new Date(midnight).getUTCDay() + 3) % 7 || 7) * day + 15.7 * 3_600_000;

const seed = 1;
const started = Date.now();
const say = (text: string) => process.stderr.write(`${((Date.now() - started) / 1000).toFixed(1)} s: ${text}\n`);

const full = await startServer();
// The usual ports look best, where they are free.
const blank = await startServer("127.0.0.1:4317", "127.0.0.1:4318").catch(() => startServer());
const browser = await chromium.launch({ executablePath: findBrowser(), args: ["--headless", "--no-sandbox", "--disable-gpu"] });
try {
	const people = peopleOf(seed);
	const { events, points } = await emitHistory({ people, seed, nowMs: now }, 90, { endpoint: `http://${full.http}` }, () => {});
	while (full.backlog() > 0) await sleep(50);
	while (full.staleHours() > 2) await sleep(200);
	say(`${events} events and ${points} points are stored`);
	mkdirSync(folder, { recursive: true });
	const overview = async (page: Page) => {
		await page.getByRole("region", { name: "Cost by model" }).getByRole("button", { name: /opus/ }).waitFor();
		await page.getByRole("region", { name: "Tools" }).getByText("Bash").waitFor();
	};
	const live = (page: Page) => page.getByRole("list", { name: "Events, newest first" }).waitFor();
	await take(browser, full.web, "/", "overview-light.png", { ready: overview });
	await take(browser, full.web, "/", "overview-dark.png", { ready: overview, colorScheme: "dark" });
	await take(browser, full.web, "/", "overview-phone.png", { ready: overview, width: 400, height: 860 });
	await take(browser, full.web, "/live", "live-light.png", { ready: live, height: 860, scale: 1.25 });
	const heading = (page: Page) => page.getByRole("heading", { level: 1 }).waitFor();
	await take(browser, full.web, "/sessions", "sessions-light.png", { ready: heading });
	await take(browser, full.web, "/coverage", "coverage-light.png", { ready: heading });
	await take(browser, full.web, "/reconciliation", "reconciliation-light.png", { ready: heading });
	await take(browser, blank.web, "/", "connect-light.png", {
		ready: (page) => page.getByText("Nothing has arrived yet").waitFor(),
		height: 760,
	});
} finally {
	await browser.close();
	await Promise.all([full.stop(), blank.stop()]);
}

async function startServer(grpc = "127.0.0.1:0", http = "127.0.0.1:0") {
	const data = mkdtempSync(join(tmpdir(), "purser-pictures-"));
	const directory = join(data, "directory.csv");
	writeFileSync(directory, directoryOf(peopleOf(seed), new Date(now)));
	const config = readConfig({
		flags: { data, directory, grpc, http, web: "127.0.0.1:0", "rollup-delay-seconds": 1 },
		environment: {},
	});
	const purser = await openPurser(config, noLog);
	const [, listening, web] = purser.listeners.map(({ address }) => address) as [string, string, string];
	while ((await fetch(`http://${web}/readyz`)).status !== 200) await sleep(50);
	return {
		http: listening,
		web,
		backlog: () => purser.health.journal().rows,
		staleHours: () => purser.health.rollups()?.stale ?? 0,
		stop: async () => {
			await purser.close();
			rmSync(data, { recursive: true, force: true });
		},
	};
}

interface Picture {
	ready: (page: Page) => Promise<unknown>;
	width?: number;
	height?: number;
	colorScheme?: "light" | "dark";
	scale?: number;
}

async function take(browser: Browser, web: string, path: string, name: string, picture: Picture): Promise<void> {
	const { ready, width = 1440, height = 1000, colorScheme = "light", scale = 1.5 } = picture;
	const viewport = { width, height };
	const context = await browser.newContext({
		viewport,
		deviceScaleFactor: scale,
		colorScheme,
		locale: "en-US",
		timezoneId: "UTC",
	});
	const page = await context.newPage();
	// The page's now is the organization's; its timers run as ever.
	await page.clock.setFixedTime(now);
	await page.goto(`http://${web}${path}`);
	await ready(page);
	await page.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => {});
	const file = join(folder, name);
	await page.screenshot({ path: file });
	if (process.env["PURSER_FULL_PAGES"]) await page.screenshot({ path: file.replace(".png", "-full.png"), fullPage: true });
	say(`${name}, ${Math.round(statSync(file).size / 1024)} KB`);
	await context.close();
}
