import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPurser, type TestPurser } from "../../server/test/purser.ts";
import { readRecordings } from "../../server/test/recordings.ts";
import { replay } from "../../server/test/send.ts";
import { noBrowser, openBrowser, openPage, overflowOf, type Watched, widths } from "./browser.ts";
import { sendEvents } from "./events.ts";

/** The days in which the recordings were made, so that they can be seen in any year. */
const period = "from=2026-11-19T23:00:00.000Z&to=2026-11-21T23:00:00.000Z";
const markup = `<img src=x onerror="window.broken = 1">`;
type Row = { session_id: string; cost_usd: number; prompts: number; api_requests: number; tool_calls: number };

describe.skipIf(noBrowser)("sessions", { timeout: 60_000 }, () => {
	let purser: TestPurser;
	let browser: Browser;
	let watched: Watched;
	let page: Page;

	beforeAll(async () => {
		browser = await openBrowser();
		purser = await startPurser();
		const folders = /(2.1.329|2.0.60).http-json.(full|full-everything|err-400|traces|full-details)$/;
		await replay(
			readRecordings().filter(({ folder }) => folders.test(folder)),
			purser,
		);
		await sendLongSession();
		await purser.settle();
		watched = await openPage(browser, purser.web, `/sessions?${period}`);
		page = watched.page;
	});
	afterAll(async () => {
		await browser?.close();
		await purser?.stop();
	});

	/** Three prompts with a pause of a day before the last, which has more events than come at once. */
	async function sendLongSession(): Promise<void> {
		const shared = { "session.id": "long", "user.email": "lou@example.org" };
		const start = Date.parse("2026-11-20T08:00:00Z");
		const prompt = (id: string, at: number, text: string) => ({
			event: "user_prompt",
			at: start + at,
			attributes: { ...shared, "prompt.id": id, prompt_length: text.length, prompt: text },
		});
		const tool = (id: string, at: number, success = true) => ({
			event: "tool_result",
			at: start + at,
			attributes: {
				...shared,
				"prompt.id": id,
				tool_name: "Bash",
				success,
				duration_ms: 900,
				error_type: success ? "" : "ShellError",
			},
		});
		const request = {
			event: "api_request",
			at: start + 9000,
			attributes: { ...shared, "prompt.id": "a", model: "claude-opus-5-5", cost_usd: 0.5, duration_ms: 8000, output_tokens: 10 },
		};
		await sendEvents(purser.http, [
			prompt("a", 0, markup),
			request,
			prompt("b", 20_000, "again"),
			tool("b", 22_000, false),
			prompt("c", 86_400_000, "once more"),
			...Array.from({ length: 2100 }, (_, i) => tool("c", 86_400_000 + 1000 * (i + 1))),
		]);
	}

	const listed = async (query = "") => (await purser.get<{ rows: Row[] }>(`/api/v1/sessions?${period}${query}`)).rows;
	const lines = () =>
		page
			.getByRole("table", { name: "Sessions" })
			.getByRole("row")
			.filter({ has: page.getByRole("cell") });
	const prompts = () => page.getByRole("list", { name: "Prompts" }).getByRole("button");
	const look = async (what: string): Promise<string[]> => {
		const found: string[] = [];
		for (const width of Object.values(widths)) {
			await page.setViewportSize({ width, height: 1000 });
			for (const colorScheme of ["light", "dark"] as const) {
				await page.emulateMedia({ colorScheme });
				await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: "attached" });
				const { violations } = await new AxeBuilder({ page })
					.setLegacyMode()
					.options({ resultTypes: ["violations"] })
					.analyze();
				found.push(
					...violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${what}, ${width}, ${colorScheme}: ${id} ${html}`)),
				);
			}
			const over = await overflowOf(page);
			if (over > 0) found.push(`${what}, ${width}: ${over} px over the edge`);
		}
		await page.setViewportSize({ width: widths.desk, height: 1000 });
		await page.emulateMedia({ colorScheme: "light" });
		return found;
	};

	test("the list is the API's, the costliest first", async () => {
		const rows = await listed();
		await lines().first().waitFor();
		expect(await lines().count()).toBe(rows.length);
		const shown = await lines().evaluateAll((trs) => trs.map((tr) => tr.lastElementChild!.textContent));
		expect(shown).toEqual(rows.map((row) => `$${row.cost_usd?.toFixed(2)}`.replace("$undefined", "–")));
		const total = rows.reduce((sum, row) => sum + (row.cost_usd ?? 0), 0);
		expect((await page.getByRole("status").first().textContent())?.replaceAll(/\s/g, " ")).toBe(
			`${rows.length} sessions, Nov 20 – 21: $${total.toFixed(2)} together.`,
		);
	});

	test("it is ordered by what is clicked, and the address says so", async () => {
		await page.getByRole("link", { name: "Tools" }).click();
		await page.waitForURL("**/sessions?*order=-tool_calls");
		const [first] = await listed("&order=-tool_calls");
		await lines().first().filter({ hasText: "2,101" }).waitFor();
		expect(first!.tool_calls).toBe(2101);
		expect(await page.getByRole("columnheader", { name: "Tools" }).getAttribute("aria-sort")).toBe("descending");
		await page.getByRole("link", { name: "Tools" }).click();
		await page.waitForURL("**/sessions?*order=tool_calls");
		await lines().last().filter({ hasText: "2,101" }).waitFor();
		expect(await look("list")).toEqual([]);
	});

	test("a filter keeps the page and its order", async () => {
		await page.goto(`http://${purser.web}/sessions?${period}&order=-events&where=person:lou@example.org`);
		await lines().first().waitFor();
		expect(await lines().count()).toBe(1);
		await page.getByRole("button", { name: "Remove the filter person lou@example.org" }).click();
		await page.waitForURL(
			(url) => url.pathname === "/sessions" && url.search.includes("order=-events") && !url.search.includes("where"),
		);
		const all = (await listed()).length;
		await expect.poll(() => lines().count(), { timeout: 15_000 }).toBe(all);
	});

	test("a line leads to its session, by mouse and by keyboard", async () => {
		const [first] = await listed("&order=-events");
		await lines().first().getByRole("link").focus();
		await page.keyboard.press("Enter");
		await page.waitForURL(`**/sessions/${first!.session_id}`);
		await page.getByRole("link", { name: "← All sessions" }).click();
		await page.waitForURL("**/sessions?*order=-events");
		await lines().first().getByRole("cell").nth(4).click();
		await page.waitForURL(`**/sessions/${first!.session_id}`);
	});

	test("a session is shown: pauses are shortened, failures marked, markup stays text", async () => {
		await prompts().first().waitFor();
		expect(await prompts().count()).toBe(3);
		expect(await page.getByText(/lou@example.org worked for/).textContent()).toMatch(
			/3 prompts, 1 request, 2,101 tool calls \(1 failed\), \$0\.50\.$/,
		);
		expect(await prompts().first().textContent()).toContain(markup);
		expect(await page.evaluate(() => "broken" in window)).toBe(false);
		expect(await prompts().nth(1).textContent()).toContain("1 failure");
		expect(await page.getByTitle(/in which nothing ran/).count()).toBe(1);
		expect(await page.getByText("There are more events than are given here").count()).toBe(1);
		expect(await look("session")).toEqual([]);
	});

	test("a prompt unfolds into what was done, each leading to its record; the rest is fetched", async () => {
		await prompts().nth(1).press("Enter");
		const items = page.getByRole("list", { name: "What was done for prompt 2" }).getByRole("link");
		expect(await items.count()).toBe(2);
		expect(await items.nth(1).textContent()).toMatch(/tool_result.*Bash.*failed: ShellError/);
		expect(await look("unfolded")).toEqual([]);
		await prompts().nth(2).click();
		const long = page.getByRole("list", { name: "What was done for prompt 3" }).getByRole("link");
		await expect.poll(() => long.count(), { timeout: 15_000 }).toBe(2101);
		await items.nth(1).click();
		await page.waitForURL("**/live?*session=long*");
		const records = page.getByRole("list", { name: "Events, newest first" }).getByRole("button");
		await records.first().waitFor();
		expect([await records.count(), await records.first().textContent()]).toEqual([1, expect.stringContaining("ShellError")]);
		await records.first().click();
		await page.getByRole("link", { name: "Timeline of the session" }).click();
		await page.waitForURL("**/sessions/long");
	});

	test("recordings of real clients look right too", async () => {
		const row = (await listed("&where=version:2.1.329&order=-tool_calls")).find(({ session_id: id }) => id !== "long")!;
		await page.goto(`http://${purser.web}/sessions/${row.session_id}`);
		await prompts().first().waitFor();
		const items = page.getByRole("list", { name: "What was done for prompt 1" }).getByRole("link");
		await items.first().waitFor();
		expect(await items.filter({ hasText: "api_request" }).count()).toBe(row.api_requests);
		expect(await items.filter({ hasText: "tool_result" }).count()).toBe(row.tool_calls);
		expect(await prompts().first().textContent()).toContain("Start-up");
		expect(await look("recording")).toEqual([]);
	});

	test("nothing was logged as an error, and no third party was contacted", () =>
		expect([watched.errors, watched.strangers]).toEqual([[], []]));

	test("a session that is not there, and a period with none", async () => {
		await page.goto(`http://${purser.web}/sessions/nowhere`);
		const alert = page.getByRole("alert");
		await alert.waitFor();
		expect(await alert.textContent()).toContain('there is no session "nowhere"');
		await page.goto(`http://${purser.web}/sessions?from=2025-01-01T00:00:00.000Z&to=2025-01-02T00:00:00.000Z`);
		await page.getByText("Sessions: none in this period.").waitFor();
		await page.getByRole("button", { name: "Show the last 7 days" }).click();
		await page.waitForURL("**/sessions");
	});
});
