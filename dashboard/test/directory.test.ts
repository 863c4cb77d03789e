import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPurser, type TestPurser, until } from "../../server/test/purser.ts";
import { noBrowser, openBrowser, openPage, overflowOf, type Watched, widths } from "./browser.ts";
import { sendEvents } from "./events.ts";

/** The coverage page with a directory that expects more people than report. */
describe.skipIf(noBrowser)("people of the directory", () => {
	let purser: TestPurser;
	let browser: Browser;
	let watched: Watched;
	let page: Page;
	const unseen = () => page.getByRole("region", { name: "In the directory, not seen" });

	beforeAll(async () => {
		browser = await openBrowser();
		const many = Array.from({ length: 28 }, (_, i) => `mill-${i + 10}@example.org,Miller ${i + 10},Mills`);
		const directory = join(mkdtempSync(join(tmpdir(), "purser-test-")), "people.csv");
		const lines = ["ana@example.org,Ana,Engines", "ben@example.org,Ben,Looms", "cleo@example.org,,Looms", "dan@example.org,Dan,"];
		writeFileSync(directory, ["person,name,team", ...lines, ...many].join("\n"));
		purser = await startPurser({ directory });
		await sendEvents(purser.http, [{ event: "user_prompt" }]);
		await purser.settle();
		const isThere = async () =>
			(await purser.get<{ summary: Record<string, number> }>("/api/v1/coverage")).summary["expected"] === 32;
		await until(isThere, "in the directory");
		watched = await openPage(browser, purser.web, "/coverage");
		page = watched.page;
	});
	afterAll(async () => {
		await browser?.close();
		await purser?.stop();
	});

	const open = async (path: string) => {
		await page.goto(`http://${purser.web}${path}`);
		await unseen().waitFor();
	};

	test("who has sent nothing is named by team, the rest of a long list at a click", async () => {
		await open("/coverage");
		await unseen().getByText("31 of 32 people in the directory have sent nothing since").waitFor();
		expect(await page.getByTestId("headline").textContent()).toContain("31 of 32 people in the directory have sent nothing");
		const rows = unseen().getByRole("row");
		expect(await rows.nth(1).textContent()).toBe("LoomsBencleo@example.org");
		expect([await rows.count(), await unseen().getByText("Ana").count()]).toEqual([3, 0]);
		await unseen().getByRole("button", { name: "7 more" }).click();
		expect(await rows.last().textContent()).toBe("without a teamDan");
		expect(await unseen().getByRole("listitem").count()).toBe(31);
	});

	test("a name leads to what came earlier, a team to its people, and to what to send them", async () => {
		await open("/coverage");
		expect(await unseen().getByRole("link", { name: "Connect" }).getAttribute("href")).toBe("/setup");
		await unseen().getByRole("link", { name: "Looms" }).click();
		await unseen().getByText("2 of 2 people in the directory").waitFor();
		expect(new URL(page.url()).searchParams.get("where")).toBe("team:Looms");
		await unseen().getByRole("link", { name: "Ben" }).click();
		await page.waitForURL("**/live?person=ben%40example.org&from=-365d");
		await page.getByText("No event like this").waitFor();
	});

	test("where all people report it says so, and where no people are expected it shows nothing", async () => {
		await open("/coverage?where=person:ana@example.org");
		await unseen().getByText("1 expected person has reported since").waitFor();
		await page.goto(`http://${purser.web}/coverage?where=version:2.1.329`);
		await page.getByRole("region", { name: "Went silent" }).getByText("Everybody whose rhythm").waitFor();
		expect(await unseen().count()).toBe(0);
	});

	test("the whole list can be copied", async () => {
		await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
		await open("/coverage?where=team:Looms");
		await unseen().getByRole("button", { name: "Copy list" }).click();
		await unseen().getByRole("button", { name: "Copied" }).waitFor();
		expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("ben@example.org, cleo@example.org");
	});

	test("it is for everybody, on any screen", async () => {
		await open("/coverage");
		for (const width of Object.values(widths)) {
			await page.setViewportSize({ width, height: 1000 });
			for (const colorScheme of ["light", "dark"] as const) {
				await page.emulateMedia({ colorScheme });
				await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: "attached" });
				const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
				expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))).toEqual([]);
			}
			expect(await overflowOf(page)).toBeLessThanOrEqual(0);
		}
		expect([watched.errors, watched.strangers]).toEqual([[], []]);
	});
});
