import { rmSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPurser, type TestPurser } from "../../server/test/purser.ts";
import { noBrowser, openBrowser, openPage } from "./browser.ts";
import { sendEvents } from "./events.ts";

describe.skipIf(noBrowser)("server away", () => {
	let purser: TestPurser;
	let browser: Browser;

	beforeAll(async () => {
		browser = await openBrowser();
		purser = await startPurser();
		await sendEvents(purser.http, [{ event: "user_prompt", attributes: { prompt_length: 111 } }]);
		await purser.settle();
	});
	afterAll(async () => {
		await browser?.close();
		await purser?.stop();
		if (purser) rmSync(purser.data, { recursive: true, force: true });
	});

	test("the page says so, keeps what it has, and continues by itself", async () => {
		const { page, strangers } = await openPage(browser, purser.web, "/live");
		await page.getByRole("button", { name: /111 characters/ }).waitFor();
		await page.getByText("up to date").waitFor();

		await purser.stop(true);
		const said = page.getByRole("status").filter({ hasText: "The server is away since" });
		await said.waitFor({ timeout: 15_000 });
		expect(await said.textContent()).toContain("What is shown is from before");
		expect(await page.getByRole("button", { name: /111 characters/ }).count()).toBe(1);

		// A page that was not asked for before says what is wrong, not that there is nothing.
		await page.getByRole("link", { name: "Overview" }).first().click();
		await page.getByText("The server does not answer").first().waitFor({ timeout: 15_000 });
		await page.getByRole("link", { name: "Live" }).click();

		purser = await startPurser({ data: purser.data, web: purser.web });
		await sendEvents(purser.http, [{ event: "user_prompt", attributes: { prompt_length: 222 } }]);
		await said.waitFor({ state: "hidden", timeout: 20_000 });
		await page.getByRole("button", { name: /222 characters/ }).waitFor();
		await page.getByRole("link", { name: "Overview" }).first().click();
		await page.getByTestId("headline").filter({ hasText: "1 person used Claude Code" }).waitFor();
		expect(strangers).toEqual([]);
	});
});
