import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPurser, type TestPurser } from "../../server/test/purser.ts";
import { readRecordings } from "../../server/test/recordings.ts";
import { replay } from "../../server/test/send.ts";
import { shortValue } from "../src/format/value.ts";
import { noBrowser, openBrowser, openPage, type Watched } from "./browser.ts";

const days = { from: "2026-11-19T23:00:00.000Z", to: "2026-11-21T23:00:00.000Z" };
const periodOf = ({ from, to }: { from: string; to: string }) => `from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`;
const period = periodOf(days);

type Session = {
	session: string;
	last_request: string | null;
	last_point: string | null;
	reasons: { id: string; text: string }[];
	requests_cost_usd: number;
	counters_cost_usd: number;
};
type Answer = { total: Record<string, number>; rows: Record<string, string | number>[]; sessions: Session[] };

describe.skipIf(noBrowser)("reconciliation", () => {
	let purser: TestPurser;
	let browser: Browser;
	let watched: Watched;
	let page: Page;

	beforeAll(async () => {
		browser = await openBrowser();
		purser = await startPurser();
		await replay(readRecordings(), purser);
		await purser.settle();
		watched = await openPage(browser, purser.web, `/reconciliation?${period}`);
		page = watched.page;
	});
	afterAll(async () => {
		await browser?.close();
		await purser?.stop();
	});

	const ask = (query = period): Promise<Answer> => purser.get(`/api/v1/reconciliation?limit=1000&${query}`);
	const open = async (query = period) => {
		await page.goto(`http://${purser.web}/reconciliation?${query}`);
		await headline().filter({ hasText: "." }).waitFor();
	};
	const headline = () => page.getByTestId("headline");
	const differing = () => page.getByRole("table", { name: /^Sessions that differ/ });
	const bodyRows = (table: ReturnType<typeof differing>) => table.locator("tbody").getByRole("row");
	const sums = (by: string) => page.getByRole("table", { name: `Both sides, by ${by}` });

	test("one sentence, and the figures of both sides as the API has them", async () => {
		const { total, sessions } = await ask();
		await headline().filter({ hasText: "differ" }).waitFor();
		expect((await headline().textContent())?.replace(", 2026", "").replace("\u202f", " ")).toBe(
			`Requests and counters agree to 0.02 % on Nov 20 – 21; ${sessions.length} of ${total["sessions"]} sessions differ, all explained.`,
		);
		const cost = page.getByRole("table", { name: /^Both sides of/ }).getByRole("row", { name: /Cost/ });
		expect(await cost.getByRole("cell").allTextContents()).toEqual([
			shortValue("USD", total["requests_cost_usd"], "en-US"),
			shortValue("USD", total["counters_cost_usd"], "en-US"),
			"−$0.0015",
			"−0.02\u202f%",
		]);
		for (const name of ["only_requests_cost_usd", "without_session_cost_usd", "accounted_cost_usd"])
			await page
				.getByRole("definition")
				.getByText(shortValue("USD", total[name], "en-US"), { exact: true })
				.or(page.locator("dd", { hasText: shortValue("USD", total[name], "en-US") }))
				.first()
				.waitFor();
	});

	test("each session that differs is there with its reason, the largest difference first", async () => {
		const { sessions } = await ask();
		await page.getByRole("button", { name: `Show all ${sessions.length} sessions` }).click();
		const rows = await bodyRows(differing()).allTextContents();
		expect(rows).toHaveLength(sessions.length);
		for (const [index, { session, reasons }] of sessions.entries()) {
			expect(rows[index]).toContain(session.slice(0, 8));
			expect(rows[index]).toContain(reasons[0]!.text);
		}
	});

	test("a session leads to the records of both sides", async () => {
		const { sessions } = await ask();
		const both = sessions.find(({ last_request, last_point }) => last_request !== null && last_point !== null)!;
		const row = bodyRows(differing()).filter({ hasText: both.session.slice(0, 8) });
		const href = await row.getByRole("link", { name: /^Points of session/ }).getAttribute("href");
		const { rows: points } = await purser.get(href!);
		expect(points.length).toBeGreaterThan(0);
		expect(new Set(points.map((point) => point["session_id"]))).toEqual(new Set([both.session]));
		await row.getByRole("link", { name: /^Requests of session/ }).click();
		await page.waitForURL(
			({ pathname, searchParams }) =>
				pathname === "/live" &&
				searchParams.get("session") === both.session &&
				searchParams.get("event") === "api_request" &&
				searchParams.get("to") === days.to,
		);
		await page.getByRole("list", { name: "Events, newest first" }).getByRole("button").first().waitFor();
		await page.goBack();
		await differing().waitFor();
	});

	test("further reasons unfold", async () => {
		const all = await ask();
		const one = all.sessions.find(({ last_request, last_point }) => last_request !== null && last_point !== null)!;
		// Its last request lies beyond: that is one more reason.
		const cut = `${periodOf({ from: days.from, to: one.last_request! })}&where=session:${one.session}`;
		const { sessions } = await ask(cut);
		const [reason, other] = sessions[0]!.reasons;
		await open(cut);
		await differing().getByText(reason!.text).waitFor();
		expect(await differing().getByText(other!.text).isVisible()).toBe(false);
		await differing()
			.getByRole("button", { name: /further reason/ })
			.press("Enter");
		await differing().getByText(other!.text).waitFor();
	});

	test("a row is a day, a person, a model or a version; the address says which, and a row leads to itself alone", async () => {
		await open();
		await sums("day").waitFor();
		const models = await ask(`${period}&by=model`);
		await page.getByRole("radiogroup", { name: "What a row is" }).getByText("model", { exact: true }).click();
		await page.waitForURL((url) => url.searchParams.get("by") === "model");
		await sums("model").getByRole("link", { name: "opus-5-5" }).waitFor();
		expect(await bodyRows(sums("model")).count()).toBe(models.rows.length);
		await sums("model").getByRole("link", { name: "opus-5-5" }).click();
		await page.waitForURL(
			({ searchParams }) => searchParams.get("where") === "model:claude-opus-5-5" && searchParams.get("by") === "model",
		);
		await headline().filter({ hasText: "(model opus-5-5)" }).waitFor();
		await page.reload();
		await sums("model").getByRole("link", { name: "opus-5-5" }).waitFor();
		expect(await bodyRows(sums("model")).count()).toBe(1);
	});

	test("the chart says both sides and the drift in words, and a day leads to itself alone", async () => {
		await open();
		await page
			.getByRole("img", { name: /^Both sides, two bars per day .* requests \$8\.36, counters \$8\.36, drift −0\.02/ })
			.waitFor();
		await sums("day").getByRole("link", { name: "Sat, Nov 21" }).click();
		await page.waitForURL((url) => url.searchParams.get("from") === "2026-11-20T23:00:00.000Z");
	});

	test("that nothing differs is good news", async () => {
		const { sessions } = await ask();
		const differs = new Set(sessions.map(({ session }) => session));
		const { rows } = await ask(`${period}&by=session`);
		const agreeing = rows.map(({ session }) => String(session)).find((session) => session !== "" && !differs.has(session));
		await open(`${period}&where=session:${agreeing}`);
		await page.getByText("Nothing differs, which is good news").waitFor();
		expect(await headline().textContent()).toContain("Requests and counters agree exactly");
	});

	test("nothing is empty without a reason and a way out", async () => {
		await open("from=2025-01-01T00:00:00Z&to=2025-01-08T00:00:00Z");
		await headline().filter({ hasText: "There is nothing to reconcile on" }).waitFor();
		await page.getByText("Requests and counters: none in this period.").waitFor();
		await page.goto(`http://${purser.web}/reconciliation?${period}&where=tool:Bash`);
		await page.getByRole("button", { name: "Drop the tool filter" }).click();
		await headline().filter({ hasText: "agree" }).waitFor();
	});

	test("nothing was logged as an error, and no third party was contacted", () => {
		expect(watched.errors).toEqual([]);
		expect(watched.strangers).toEqual([]);
	});

	test("without an answer it says so, and asks again", async () => {
		const path = "**/api/v1/reconciliation?**";
		await page.route(path, (route) => route.abort());
		await page.goto(`http://${purser.web}/reconciliation?${period}`);
		const alert = page.getByRole("alert").filter({ hasText: "The server does not answer" });
		await alert.waitFor();
		await page.unroute(path);
		await alert.getByRole("button", { name: "Ask again" }).click();
		await headline().filter({ hasText: "agree" }).waitFor();
	});
});
