import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPurser, type TestPurser, until } from "../../server/test/purser.ts";
import { readRecordings, totals } from "../../server/test/recordings.ts";
import { replay } from "../../server/test/send.ts";
import { shortValue } from "../src/format/value.ts";
import { noBrowser, openBrowser, openPage, type Watched } from "./browser.ts";

/** The days in which the recordings were made, so that they can be seen in any year. */
const days = { from: "2026-11-19T23:00:00.000Z", to: "2026-11-21T23:00:00.000Z" };
const period = `from=${encodeURIComponent(days.from)}&to=${encodeURIComponent(days.to)}`;
const opus = "model:claude-opus-5-5";

describe.skipIf(noBrowser)("overview", () => {
	let purser: TestPurser;
	let browser: Browser;
	let watched: Watched;
	let page: Page;

	beforeAll(async () => {
		browser = await openBrowser();
		purser = await startPurser();
		await replay(readRecordings(), purser);
		await purser.settle();
		watched = await openPage(browser, purser.web, `/?${period}`);
		page = watched.page;
		await page.getByTestId("headline").waitFor();
	});
	afterAll(async () => {
		await browser?.close();
		await purser?.stop();
	});

	const cell = (label: string) =>
		page.getByRole("list", { name: "Key figures" }).getByRole("listitem").filter({ hasText: label });
	const panel = (name: string) => page.getByRole("region", { name });
	const search = () => new URL(page.url()).searchParams;
	/** Opens the page as a new reader does. */
	const open = async (address = `/?${period}`) => {
		await page.goto(`http://${purser.web}${address}`);
		await page.getByTestId("headline").waitFor();
	};
	const usage = async (measure: string, more = "") => {
		const { rows } = await purser.get(`/api/v1/usage?measure=${measure}&${period}${more}`);
		return rows[0] as Record<string, number>;
	};
	const showsFigures = async (where = "") => {
		const row = await usage("cost_usd,active_users,sessions,input_tokens,output_tokens,commits,tool_calls,api_errors", where);
		const expected: [string, string][] = [
			["Cost", shortValue("USD", row["cost_usd"], "en-US")],
			["People", shortValue("", row["active_users"], "en-US")],
			["Sessions", shortValue("", row["sessions"], "en-US")],
			["Tokens in + out", shortValue("tokens", row["input_tokens"]! + row["output_tokens"]!, "en-US")],
			["Commits", shortValue("", row["commits"], "en-US")],
			["Tool calls", shortValue("", row["tool_calls"], "en-US")],
			["API errors", shortValue("", row["api_errors"], "en-US")],
		];
		for (const [label, value] of expected) await cell(label).getByText(value, { exact: true }).first().waitFor();
		return row;
	};

	test("its figures are the API's, and the recordings' own", async () => {
		const row = await showsFigures();
		expect(row["cost_usd"]).toBeCloseTo(totals.all["cost_usd"]!, 6);
		expect(row["sessions"]).toBe(totals.all["sessions"]);
		expect(row["tool_calls"]).toBe(totals.all["tool_calls"]);
		const headline = (await page.getByTestId("headline").textContent()) ?? "";
		// The year is said when it is another than the reader's.
		expect(headline.replace(", 2026", "")).toBe(
			`${row["active_users"]} people used Claude Code on Nov 20 – 21: 194 sessions, $8.89.`,
		);
	});

	test("everything it shows is asked in at most two requests, each question once", async () => {
		const batches: string[][] = [];
		const note = (request: { url(): string; postData(): string | null }) => {
			const { pathname } = new URL(request.url());
			if (pathname === "/api/v1/usage") batches.push([request.url()]);
			if (pathname !== "/api/v1/answers") return;
			const { questions } = JSON.parse(request.postData() ?? "") as { questions: object[] };
			batches.push(questions.map((question) => JSON.stringify(question)));
		};
		page.on("request", note);
		await open();
		await page.waitForLoadState("networkidle");
		page.off("request", note);
		expect(batches.length).toBeLessThanOrEqual(2);
		const questions = batches.flat();
		expect(questions.length).toBeGreaterThan(5);
		expect(questions.length).toBeLessThanOrEqual(18);
		expect(new Set(questions).size).toBe(questions.length);
	});

	test("a figure says exactly what it counts", async () => {
		await cell("Cost").getByRole("link").hover();
		const tooltip = page.getByRole("tooltip").filter({ hasText: "cost_usd" });
		await tooltip.waitFor();
		expect(await tooltip.textContent()).toContain("$8.885454");
		expect(await tooltip.textContent()).toContain("Europe/Berlin");
		await page.mouse.move(0, 0);
	});

	test("a click on a name narrows everything to it, and the address says so", async () => {
		await panel("Cost by model")
			.getByRole("button", { name: /^opus-5-5/ })
			.click();
		expect(search().getAll("where")).toEqual([opus]);
		const { cost_usd: cost } = await usage("cost_usd", `&where=${opus}`);
		await cell("Cost")
			.getByText(shortValue("USD", cost, "en-US"), { exact: true })
			.waitFor();
		expect(cost).toBeLessThan(totals.all["cost_usd"]!);
		expect(await page.getByTestId("headline").textContent()).toContain("(model opus-5-5)");
		// Commits come without a model: that is said, and not shown as none.
		await cell("Commits").getByText("not available by model").waitFor();
	});

	test("the address alone brings the same view back; a chip turns, goes, and the browser's back works", async () => {
		await page.reload();
		const chip = page.getByRole("button", { name: "model opus-5-5", exact: true });
		await chip.waitFor();
		await chip.click();
		expect(search().getAll("where")).toEqual(["model!:claude-opus-5-5"]);
		const { cost_usd: cost } = await usage("cost_usd", "&where=model!:claude-opus-5-5");
		await cell("Cost")
			.getByText(shortValue("USD", cost, "en-US"), { exact: true })
			.waitFor();
		await page.getByRole("button", { name: "Remove the filter model opus-5-5" }).click();
		expect(search().getAll("where")).toEqual([]);
		await showsFigures();
		await page.goBack();
		expect(search().getAll("where")).toEqual(["model!:claude-opus-5-5"]);
		await page.getByRole("button", { name: "Remove the filter model opus-5-5" }).waitFor();
	});

	test("a filter is added from the values there are, by keyboard", async () => {
		await open();
		await page.getByRole("button", { name: "Filter", exact: true }).press("Enter");
		const dialog = page.getByRole("dialog", { name: "Filter" });
		await dialog.getByRole("combobox", { name: "By" }).pressSequentially("tool");
		await page.getByRole("option", { name: "tool", exact: true }).waitFor();
		await page.keyboard.press("ArrowDown");
		await page.keyboard.press("Enter");
		await page.getByRole("option", { name: /^Bash · / }).waitFor();
		await dialog.getByRole("combobox", { name: "Is" }).pressSequentially("Bash");
		await page.keyboard.press("ArrowDown");
		await page.keyboard.press("Enter");
		await page.waitForURL((url) => url.searchParams.get("where") === "tool:Bash");
		const { tool_calls: calls } = await usage("tool_calls", "&where=tool:Bash");
		await cell("Tool calls")
			.getByText(shortValue("", calls, "en-US"), { exact: true })
			.waitFor();
	});

	test("the period is chosen from presets and from days", async () => {
		await open();
		await page.getByRole("button", { name: "Nov 20 – 21" }).click();
		await page.getByRole("button", { name: "Last 24 hours" }).click();
		await page.waitForURL((url) => url.searchParams.get("period") === "24h");
		expect(search().has("from")).toBe(false);
		await page.getByRole("button", { name: "Last 24 hours" }).click();
		const menu = page.getByRole("dialog", { name: "Last 24 hours" });
		await menu.getByLabel("From").fill("2026-11-20");
		await menu.getByLabel("To, inclusive").fill("2026-11-21");
		await menu.getByRole("button", { name: "Show" }).click();
		await page.waitForURL((url) => url.searchParams.get("from") === days.from && url.searchParams.get("to") === days.to);
		await showsFigures();
	});

	test("a click on a bar looks into it", async () => {
		await open(`/?${period}&grain=day`);
		const chart = panel("Cost by model").getByRole("img", { name: "Cost by model, a bar per day" });
		const box = (await chart.boundingBox())!;
		await page.mouse.click(box.x + box.width * 0.76, box.y + box.height / 2);
		await page.waitForURL((url) => url.searchParams.get("from") === "2026-11-20T23:00:00.000Z");
		expect(search().get("to")).toBe(days.to);
	});

	test("every chart has a table behind it, exact and sortable, and a file of the same", async () => {
		await open(`/?${period}&grain=day`);
		const models = panel("Cost by model");
		await models.getByRole("button", { name: /view as table/ }).click();
		const table = models.getByRole("table");
		const header = await table.getByRole("columnheader").allTextContents();
		expect(header[0]).toBe("day");
		const last = await table.getByRole("row").last().getByRole("cell").last().textContent();
		expect(last).toBe("$8.885454");
		await table.getByRole("button", { name: "opus-5-5" }).click();
		await table.getByRole("columnheader", { name: "opus-5-5" }).and(page.locator("[aria-sort=descending]")).waitFor();
		expect(await table.getByRole("rowheader").first().textContent()).toContain("Nov 21");

		const [download] = await Promise.all([
			page.waitForEvent("download"),
			models.getByRole("link", { name: /download as CSV/ }).click(),
		]);
		expect(download.suggestedFilename()).toMatch(/\.csv$/);
		const lines = (await (await fetch(download.url())).text()).trim().split(/\r?\n/);
		const costs = lines.slice(1).map((line) => Number(line.split(",").at(-1)));
		expect(lines[0]).toBe("time,model,cost_usd");
		expect(costs.reduce((sum, cost) => sum + cost, 0)).toBeCloseTo(totals.all["cost_usd"]!, 6);
	});

	test("⌘K goes anywhere and filters by anything", async () => {
		await open();
		await page.keyboard.press("Control+k");
		await page.getByRole("combobox", { name: "Command" }).and(page.locator(":focus")).waitFor();
		await page.keyboard.type("filter by model");
		await page.keyboard.press("Enter");
		await page.getByRole("option", { name: /^opus-5-5/ }).waitFor();
		await page.keyboard.type("opus");
		await page.keyboard.press("Enter");
		await page.waitForURL((url) => url.searchParams.get("where") === opus);
		await page.getByRole("dialog").waitFor({ state: "hidden" });
		await page.keyboard.press("Control+k");
		await page.getByRole("combobox", { name: "Command" }).and(page.locator(":focus")).waitFor();
		await page.keyboard.type("live");
		await page.keyboard.press("Enter");
		await page.waitForURL("**/live");
	});

	test("all of it is reached by Tab, from top to bottom, and the focus is seen", async () => {
		await open();
		await panel("Cost by model")
			.getByRole("button", { name: /^opus-5-5/ })
			.waitFor();
		const reached: { name: string; seen: boolean; top: number }[] = [];
		for (let step = 0; step < 34; step++) {
			await page.keyboard.press("Tab");
			reached.push(
				await page.evaluate(() => {
					const focused = document.activeElement as HTMLElement;
					const { outlineStyle, outlineWidth } = getComputedStyle(focused);
					const name = focused.getAttribute("aria-label") ?? focused.textContent ?? "";
					const { top, width } = focused.getBoundingClientRect();
					return { name, seen: outlineStyle !== "none" && outlineWidth !== "0px" && width > 0 && top >= 0, top: top + scrollY };
				}),
			);
		}
		expect(reached.filter(({ seen }) => !seen)).toEqual([]);
		const names = reached.map(({ name }) => name);
		expect(names.slice(0, 5)).toEqual(["Skip to the page", "Purser", "Overview", "Sessions", "Live"]);
		for (const name of [
			"Filter",
			"Commands",
			"Cost by model, per hour: view as table",
			"Cost by model, per hour: download as CSV",
		])
			expect(names).toContain(name);
		// "Skip to the page" does.
		await open();
		await page.keyboard.press("Tab");
		await page.keyboard.press("Enter");
		expect(await page.evaluate(() => document.activeElement?.id)).toBe("page");
	});

	test("a figure leads to the records behind it", async () => {
		await open();
		await cell("API errors").getByRole("link").click();
		await page.waitForURL("**/live?event=api_error&**");
		const events = page.getByRole("list", { name: "Events, newest first" }).getByRole("button");
		await until(async () => (await events.count()) === totals.all["api_errors"], "as many events as counted", 5000);
	});

	test("nothing is empty without a reason and a way out", async () => {
		await open(`/?${period}&where=model:no-such-model`);
		await panel("Cost by model").getByText("Cost: none with these filters.").waitFor();
		await panel("Cost by model").getByRole("button", { name: "Clear the filters" }).click();
		await showsFigures();
		await open("/?from=2025-01-01T00:00:00Z&to=2025-01-08T00:00:00Z");
		expect(await page.getByTestId("headline").textContent()).toBe("Claude Code was not used on Jan 1 – 8, 2025.");
		await page.getByText("Records: none in this period.").waitFor();
		expect(await panel("Tools").isVisible()).toBe(false);
		await page.getByRole("button", { name: "Show the last 7 days" }).click();
		await page.waitForURL((url) => !url.searchParams.has("from"));
		await open(`/?${period}&where=event:hook_registered`);
		await panel("Commits")
			.getByText(/cannot be filtered by event/)
			.waitFor();
	});

	test("the policy stands: what is not the page's own does not run", async () => {
		const answer = await fetch(`http://${purser.web}/`);
		const policy = answer.headers.get("content-security-policy") ?? "";
		expect(policy).toContain("default-src 'self'");
		expect(policy.match(/script-src[^;]*unsafe/)).toBeNull();
		const probe = await openPage(browser, purser.web, "/");
		await probe.page.evaluate(() => {
			const script = document.createElement("script");
			script.textContent = "window.broken = 1";
			document.head.append(script);
		});
		expect(await probe.page.evaluate(() => "broken" in window)).toBe(false);
		expect(probe.errors.join()).toContain("Content Security Policy");
		await probe.close();
	});

	test("nothing was logged as an error, and no third party was contacted", () => {
		expect(watched.errors).toEqual([]);
		expect(watched.strangers).toEqual([]);
	});
});
