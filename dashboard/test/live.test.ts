import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPurser, type TestPurser, until } from "../../server/test/purser.ts";
import { noBrowser, openBrowser, openPage, type Watched } from "./browser.ts";
import { sendEvents } from "./events.ts";

const markup = `<script>window.broken = 1</script><img src=x onerror="window.broken = 1">`;
const odd = `${markup} "quoted" & 'so' \u202Eright to left\u202C ðŸ\u0000 \u{1F9FE} line one\nline two`;

describe.skipIf(noBrowser)("live", () => {
	let purser: TestPurser;
	let browser: Browser;
	let watched: Watched;
	const rows = () => watched.page.getByRole("list", { name: "Events, newest first" }).getByRole("button");
	const said = () => watched.page.getByRole("status").filter({ hasText: "shown" }).textContent();

	beforeAll(async () => {
		browser = await openBrowser();
		purser = await startPurser();
		const hourAgo = Date.now() - 3_600_000;
		const older = Array.from({ length: 150 }, (_, index) => ({
			event: "tool_decision",
			at: hourAgo + index * 1000,
			attributes: { tool_name: index % 2 ? "Bash" : "Read", decision: "accept", source: "config", number: index },
		}));
		await sendEvents(purser.http, older);
		await purser.settle();
		watched = await openPage(browser, purser.web, "/live");
		await rows().first().waitFor();
	});
	afterAll(async () => {
		await browser?.close();
		await purser?.stop();
	});

	test("shows the newest hundred, and older ones when asked", async () => {
		const { page } = watched;
		expect(await rows().count()).toBe(100);
		expect(await said()).toBe("100 events shown, more below.");
		await page.getByRole("button", { name: "Load older" }).click();
		await page.getByText("No older events in the last 30 days.").waitFor();
		expect(await rows().count()).toBe(150);
	});

	test("events, tools and sources may have any name, also one that objects have", async () => {
		const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
		await sendEvents(
			purser.http,
			names.flatMap((name) => [
				{ event: name, attributes: { tool_name: name, model: name } },
				{ event: "tool_decision", attributes: { tool_name: name, decision: "accept", source: name } },
			]),
		);
		for (const name of names) {
			await rows().filter({ hasText: name }).first().waitFor();
			await rows()
				.filter({ hasText: `accepted by ${name}` })
				.first()
				.waitFor();
		}
		expect(watched.errors).toEqual([]);
	});

	test("an event appears without reload", async () => {
		await watched.page.evaluate(() => Object.assign(window, { sameDocument: true }));
		await sendEvents(purser.http, [
			{
				event: "api_request",
				attributes: { model: "claude-opus-5-5", input_tokens: 1200, output_tokens: 340, cost_usd: 0.0625, duration_ms: 4100 },
			},
		]);
		await rows().filter({ hasText: "api_request" }).waitFor();
		const first = await rows().first().textContent();
		for (const text of ["api_request", "ana@example.org", "claude-opus-5-5", "1,200 in · 340 out", "4.1 s", "$0.06"])
			expect(first).toContain(text.replace(" s", "\u202fs"));
		expect(await watched.page.evaluate(() => "sameDocument" in window)).toBe(true);
	});

	test("paused, it counts what waits; resumed, it shows it", async () => {
		const { page } = watched;
		await page.getByRole("button", { name: "Pause" }).click();
		const before = await rows().count();
		await sendEvents(
			purser.http,
			[1, 2, 3].map((number) => ({ event: "user_prompt", attributes: { prompt_length: number } })),
		);
		await page.getByRole("button", { name: "Resume, 3 waiting" }).waitFor();
		expect(await rows().count()).toBe(before);
		expect(await said()).toContain("paused");
		await page.getByRole("button", { name: "Resume, 3 waiting" }).click();
		await until(async () => (await rows().count()) === before + 3, "resumed", 5000);
	});

	test("the drawer shows every attribute with its type, and markup stays text", async () => {
		const { page } = watched;
		await sendEvents(
			purser.http,
			[
				{
					event: "tool_result",
					attributes: { tool_name: markup, success: false, duration_ms: 12, ratio: 0.5, error: odd, [markup]: "name" },
				},
			],
			{ "service.name": "claude-code", "service.version": "2.1.329", "team.id": markup },
		);
		await rows().filter({ hasText: "tool_result" }).click();
		const drawer = page.getByRole("dialog", { name: "tool_result" });
		const [stored] = (await purser.get("/api/v1/events?event=tool_result&limit=1")).rows as [
			{ attributes: Record<string, unknown>; resource: Record<string, unknown> },
		];
		expect(stored.attributes["error"]).toBe(odd);
		const shown = Object.fromEntries(
			await drawer
				.getByRole("table", { name: "Attributes" })
				.locator("tr")
				.evaluateAll((trs) => trs.map((tr) => [...tr.children].map((cell) => cell.textContent)).map(([k, v, t]) => [k, [v, t]])),
		);
		expect(Object.keys(shown).sort()).toEqual(Object.keys(stored.attributes).sort());
		for (const [name, value] of Object.entries(stored.attributes)) expect(shown[name][0]).toBe(String(value));
		expect([shown["success"][1], shown["duration_ms"][1], shown["ratio"][1], shown["error"][1]]).toEqual([
			"bool",
			"int",
			"double",
			"string",
		]);
		expect(await drawer.getByRole("table", { name: "Resource" }).getByRole("row", { name: "team.id" }).textContent()).toContain(
			markup,
		);
		expect(await page.evaluate(() => "broken" in window)).toBe(false);
		await drawer.getByRole("button", { name: "Older event" }).click();
		await page.getByRole("dialog", { name: "user_prompt" }).waitFor();
		await page.keyboard.press("Escape");
		await page.getByRole("dialog").waitFor({ state: "hidden" });
	});

	test("j and k move, Enter opens, / searches, all without a mouse", async () => {
		const { page } = watched;
		await page.reload();
		await rows().first().waitFor();
		const selected = () => rows().and(page.locator("[data-selected]"));
		await page.keyboard.press("j");
		await selected().filter({ hasText: "tool_result" }).waitFor();
		await page.keyboard.press("j");
		await selected().filter({ hasText: "user_prompt" }).waitFor();
		await page.keyboard.press("k");
		await selected().filter({ hasText: "tool_result" }).waitFor();
		await page.keyboard.press("Enter");
		await page.getByRole("dialog", { name: "tool_result" }).waitFor();
		await page.keyboard.press("Escape");
		await page.getByRole("dialog").waitFor({ state: "hidden" });
		await page.keyboard.press("/");
		await page.keyboard.type("opus");
		await page.waitForURL("**/live?q=opus");
		await until(async () => (await rows().count()) === 1, "found", 5000);
		expect(await rows().first().textContent()).toContain("api_request");
		expect(await said()).toBe("1 event shown.");
	});

	test("filters are in the address, and taking them away brings everything back", async () => {
		const { page } = watched;
		await page.goto(`http://${purser.web}/live?event=tool_decision&tool=Bash`);
		await until(async () => (await rows().count()) === 75, "filtered", 5000);
		expect(await page.getByRole("combobox", { name: "Only this tool" }).inputValue()).toBe("Bash");
		await page.getByRole("combobox", { name: "Only this tool" }).fill("Read");
		await page.keyboard.press("Enter");
		await page.waitForURL("**/live?event=tool_decision&tool=Read");
		await until(async () => (await rows().filter({ hasText: "Read" }).count()) === 75, "filtered otherwise", 5000);
		await page.goto(`http://${purser.web}/live?event=nothing_of_the_kind`);
		await page.getByText("No event like this in the last 30 days.").waitFor();
		await page.getByRole("button", { name: "Clear the filters" }).click();
		await until(async () => (await rows().count()) === 100, "cleared", 5000);
		expect(new URL(page.url()).search).toBe("");
	});

	test("from an event to its session", async () => {
		const { page } = watched;
		await sendEvents(purser.http, [{ event: "user_prompt", attributes: { "session.id": "another-session", prompt_length: 5 } }]);
		await rows().filter({ hasText: "another-session" }).click();
		await page.getByRole("dialog").getByRole("link", { name: "This session" }).click();
		await page.waitForURL("**/live?session=another-session");
		await until(async () => (await rows().count()) === 1, "narrowed to the session", 5000);
	});

	test("names with markup stay text on the overview too, in its charts and their tooltips", async () => {
		const { page } = watched;
		const usage = { input_tokens: 10, output_tokens: 10, cost_usd: 3, duration_ms: 10 };
		await sendEvents(purser.http, [{ event: "api_request", attributes: { model: markup, ...usage } }]);
		await purser.settle();
		await page.goto(`http://${purser.web}/`);
		const panel = page.getByRole("region", { name: "Cost by model, per day" });
		await panel.getByRole("button", { name: markup }).waitFor();
		const chart = panel.getByRole("img", { name: "Cost by model, a bar per day" });
		const box = (await chart.boundingBox())!;
		await page.mouse.move(box.x + box.width - 20, box.y + box.height / 2);
		expect(await page.locator(".chart-tooltip").textContent()).toContain(markup);
		expect(await page.evaluate(() => "broken" in window || document.querySelector("main img[src=x], main script") !== null)).toBe(
			false,
		);
	});

	test("nothing was logged as an error, and no third party was contacted", () => {
		expect(watched.errors).toEqual([]);
		expect(watched.strangers).toEqual([]);
	});
});
