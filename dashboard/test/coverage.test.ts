import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPurser, type TestPurser } from "../../server/test/purser.ts";
import { colorTokens } from "../src/theme.ts";
import { noBrowser, openBrowser, openPage, overflowOf, type Watched, widths } from "./browser.ts";
import { sendEvents } from "./events.ts";

const hour = 3_600_000;
const day = 24 * hour;
/** The page's now: an hour that has begun, so that what was sent up to then is not ahead. */
const now = Math.floor(Date.now() / hour) * hour;

describe.skipIf(noBrowser)("coverage", () => {
	let purser: TestPurser;
	let browser: Browser;
	let watched: Watched;
	let page: Page;

	/** A machine's events, one an hour, up to an instant. */
	const hourly = (person: string, until: number, session: string, numbers = (index: number) => index) =>
		sendEvents(
			purser.http,
			Array.from({ length: 24 * 8 }, (_, index) => ({
				event: "api_request",
				at: until - (24 * 8 - 1 - index) * hour,
				attributes: {
					"user.email": person,
					"user.id": `id-${person.slice(0, 3)}`,
					"session.id": session,
					"event.sequence": numbers(index),
				},
			})),
		);

	beforeAll(async () => {
		browser = await openBrowser();
		purser = await startPurser();
		await hourly("ana@example.org", now, "11111111-aaaa-4aaa-8aaa-111111111111");
		await hourly("ben@example.org", now, "22222222-aaaa-4aaa-8aaa-222222222222", (index) => (index < 100 ? index : index + 8));
		await hourly("robot@example.org", now - day, "33333333-aaaa-4aaa-8aaa-333333333333");
		await purser.settle();
		watched = await openPage(browser, purser.web, "/coverage");
		page = watched.page;
		await page.getByRole("region", { name: "Went silent" }).getByRole("link", { name: "robot@example.org" }).waitFor();
	});
	afterAll(async () => {
		await browser?.close();
		await purser?.stop();
	});

	const region = (name: string) => page.getByRole("region", { name });
	const headline = () => page.getByTestId("headline").textContent();
	const open = async (path: string) => {
		await page.goto(`http://${purser.web}${path}`);
		await page.getByTestId("headline").filter({ hasText: /\./ }).waitFor();
	};

	test("one sentence says how it stands", async () => {
		expect((await headline())?.replaceAll("\u202f", " ")).toMatch(
			/^2 of 3 clients report; 1 went silent; \d(\.\d+)? % of events are missing\.$/,
		);
		const { summary } = await purser.get<{ summary: Record<string, number> }>("/api/v1/coverage");
		expect([summary["reporting"], summary["silent"], summary["missing_events"]]).toEqual([2, 1, 8]);
		// Without a directory no people are expected.
		expect(await region("In the directory, not seen").count()).toBe(0);
	});

	test("a silent client is named, with what to check, and leads to the last events", async () => {
		const row = region("Went silent").getByRole("row").filter({ hasText: "robot@example.org" });
		expect(await row.textContent()).toContain("every hour");
		await region("Went silent").getByText("CLAUDE_CODE_ENABLE_TELEMETRY").waitFor();
		await row.getByRole("link").click();
		await page.waitForURL("**/live?**");
		const search = new URL(page.url()).searchParams;
		expect([search.get("person"), Date.parse(search.get("to")!)]).toEqual(["robot@example.org", now - day + 1]);
		await page.getByRole("list", { name: "Events, newest first" }).waitFor();
	});

	test("a loss leads to its session's events", async () => {
		await open("/coverage");
		const row = region("Missing events").getByRole("row").filter({ hasText: "ben@example.org" });
		expect(await row.textContent()).toContain("8 of");
		await row.getByRole("link", { name: "22222222" }).click();
		await page.waitForURL((url) => url.searchParams.get("session") === "22222222-aaaa-4aaa-8aaa-222222222222");
	});

	test("each client is a strip, and a row of the table behind it", async () => {
		await open("/coverage");
		await region("Clients, by day")
			.getByRole("img", { name: /^robot@example.org: \d days of \d+ with records, silent now$/ })
			.waitFor();
		await region("Clients, by day")
			.getByRole("button", { name: /view as table/ })
			.press("Enter");
		const table = region("Clients, by day").getByRole("table");
		expect((await table.getByRole("columnheader").allTextContents()).slice(0, 3)).toEqual(["client", "installation", "status"]);
		expect(await table.getByRole("row").nth(1).textContent()).toContain("silent");
	});

	test("filters and period are in the address; filters that clients do not have are named", async () => {
		await open("/coverage?period=24h&where=person:ana@example.org&where=tool:Bash");
		expect(await headline()).toContain("The one regular client reports");
		await page.getByText("Clients cannot be filtered by tool").waitFor();
		await region("Clients, by hour").waitFor();
		await page.getByRole("button", { name: "Remove the filter person ana@example.org" }).click();
		await page.getByTestId("headline").filter({ hasText: "2 of 3" }).waitFor();
		expect(new URL(page.url()).pathname).toBe("/coverage");
		await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Overview" }).click();
		expect(new URL(page.url()).searchParams.get("period")).toBe("24h");
	});

	test("a click on a version looks at that alone", async () => {
		await open("/coverage");
		await region("Clients by version")
			.getByRole("link", { name: /2\.1\.329/ })
			.click();
		await page.waitForURL((url) => url.searchParams.get("where") === "version:2.1.329");
	});

	test("a time with nothing in it says so, and a phone shows all without scrolling sideways", async () => {
		await page.goto(`http://${purser.web}/coverage?from=2024-01-01T00:00:00Z&to=2024-01-08T00:00:00Z`);
		await page.getByText("Clients: none in this period.").waitFor();
		await page.setViewportSize({ width: widths.phone, height: 900 });
		await open("/coverage");
		expect(await overflowOf(page)).toBe(0);
		await page.setViewportSize({ width: widths.desk, height: 1000 });
	});

	test("with clients that are silent, too, it is for everybody", async () => {
		await open("/coverage");
		for (const colorScheme of ["light", "dark"] as const) {
			await page.emulateMedia({ colorScheme });
			await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: "attached" });
			const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
			expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))).toEqual([]);
		}
		await page.emulateMedia({ colorScheme: "light" });
	});

	test("all of it is reached by Tab", async () => {
		await open("/coverage");
		const names: string[] = [];
		for (let i = 0; i < 60; i++) {
			await page.keyboard.press("Tab");
			names.push(
				await page.evaluate(
					() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "",
				),
			);
		}
		for (const wanted of [/^Went silent1/, /^robot@example.org$/, /Clients, by day: view as table/, /^2\.1\.329/, /^22222222$/]) {
			expect(
				names.some((name) => wanted.test(name)),
				`${wanted} among ${names.join(" | ")}`,
			).toBe(true);
		}
	});

	test("charts over time shade when no client reported", async () => {
		// The engine is asked for gaps; here two hours of yesterday are one.
		const gap = {
			from: new Date(now - 26 * hour).toISOString(),
			to: new Date(now - 24 * hour).toISOString(),
			usual: false,
			ongoing: false,
		};
		await page.route("**/api/v1/coverage/gaps?**", (route) => route.fulfill({ json: { gaps: [gap, { ...gap, usual: true }] } }));
		await page.goto(`http://${purser.web}/?grain=day`);
		const shades = page
			.getByRole("img", { name: /^Sessions, a bar per day/ })
			.locator(`path[fill="${colorTokens.light["--warning-soft"]}"]`);
		await shades.waitFor({ state: "attached" });
		// The usual one is not shaded.
		expect(await shades.count()).toBe(1);
		await page.unroute("**/api/v1/coverage/gaps?**");
	});

	test("what goes wrong is said in the server's words, and can be asked again", async () => {
		await page.route("**/api/v1/coverage?**", (route) =>
			route.fulfill({
				status: 503,
				contentType: "application/problem+json",
				body: '{"title":"Away","detail":"cannot ask the store: it is away"}',
			}),
		);
		await page.goto(`http://${purser.web}/coverage`);
		await page.getByRole("alert").filter({ hasText: "cannot ask the store" }).waitFor();
		await page.unroute("**/api/v1/coverage?**");
		await page.getByRole("button", { name: "Ask again" }).click();
		await page.getByTestId("headline").filter({ hasText: "2 of 3" }).waitFor();
	});

	test("nothing was logged as an error, and no third party was contacted", () => {
		expect(watched.strangers).toEqual([]);
		expect(watched.errors.filter((text) => !text.includes("503"))).toEqual([]);
	});
});
