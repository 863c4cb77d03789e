import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPurser, type TestPurser } from "../../server/test/purser.ts";
import { noBrowser, openBrowser, openPage } from "./browser.ts";
import { sendEvents } from "./events.ts";

describe.skipIf(noBrowser)("a page that cannot be shown", () => {
	let purser: TestPurser;
	let browser: Browser;
	beforeAll(async () => {
		browser = await openBrowser();
		purser = await startPurser();
		await sendEvents(purser.http, [{ event: "user_prompt", at: Date.now(), attributes: {} }]);
		await purser.settle();
	});
	afterAll(async () => {
		await browser?.close();
		await purser?.stop();
	});

	test("says so, and leaves the others as they are", async () => {
		const { page, close } = await openPage(browser, purser.web, "/live");
		// As when the server was upgraded since the page was opened: the file has another name now.
		await page.route(/reconciliation-page-.*\.js$/, (route) => route.abort());
		await page.getByRole("link", { name: "Reconciliation" }).first().click();
		const alert = page.getByRole("alert").filter({ hasText: "This page cannot be shown" });
		await alert.waitFor();
		expect(await alert.getByRole("button", { name: "Reload" }).count()).toBe(1);
		await page.getByRole("link", { name: "Live" }).first().click();
		await page.getByRole("list", { name: "Events, newest first" }).waitFor();
		expect(await alert.count()).toBe(0);
		await close();
	});
});
