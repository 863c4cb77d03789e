import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPurser, type TestPurser } from "../../server/test/purser.ts";
import { readRecordings } from "../../server/test/recordings.ts";
import { replay } from "../../server/test/send.ts";
import { noBrowser, openBrowser, openPage, overflowOf, type Watched, widths } from "./browser.ts";

const period = "from=2026-11-19T23:00:00.000Z&to=2026-11-21T23:00:00.000Z";

/** Each page, with what shows that it is there, with data and without. */
const pages = {
	overview: { path: `/?${period}`, full: "Cost by model", blank: "Nothing has arrived yet." },
	sessions: { path: `/sessions?${period}`, full: "together", blank: "Nothing has arrived yet." },
	coverage: { path: `/coverage?${period}`, full: "Everybody whose rhythm is known", blank: "Nothing has arrived yet." },
	live: { path: `/live?${period}`, full: "No older events|Load older", blank: "Nothing has arrived yet." },
	reconciliation: { path: `/reconciliation?${period}`, full: "Sessions that differ", blank: "Nothing has arrived yet." },
	connect: { path: "/setup", full: "To connect another machine", blank: "Nothing has arrived yet." },
} as const;

/** Accessibility: for users of a screen reader, a small screen, or dark colours. */
describe.skipIf(noBrowser)("everybody", { timeout: 60_000 }, () => {
	const pursers: Record<string, TestPurser> = {};
	let browser: Browser;

	beforeAll(async () => {
		browser = await openBrowser();
		[pursers["full"], pursers["blank"]] = await Promise.all([startPurser(), startPurser()]);
		const some = readRecordings().filter(({ folder }) => /2.1.329.http-json.(full|err-400)$|resattrs-odd$/.test(folder));
		await replay(some, pursers["full"]);
		await pursers["full"].settle();
	});
	afterAll(async () => {
		await browser?.close();
		await Promise.all(Object.values(pursers).map((purser) => purser.stop()));
	});

	const findingsOf = async (page: Page): Promise<string[]> => {
		const { violations } = await new AxeBuilder({ page })
			.setLegacyMode()
			.options({ resultTypes: ["violations"] })
			.analyze();
		return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
	};

	/** Returns what axe finds and what reaches over the edge, in both colours at both widths. */
	const lookAt = async ({ page, errors, strangers }: Watched, what: string): Promise<string[]> => {
		const found: string[] = [];
		for (const width of Object.values(widths)) {
			await page.setViewportSize({ width, height: 1000 });
			for (const colorScheme of ["light", "dark"] as const) {
				await page.emulateMedia({ colorScheme });
				await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: "attached" });
				const where = `${what}, ${width} px, ${colorScheme}`;
				found.push(...(await findingsOf(page)).map((finding) => `${where}: ${finding}`));
			}
			const over = await overflowOf(page);
			if (over > 0) found.push(`${what}, ${width} px: ${over} px over the edge`);
		}
		return [...found, ...errors, ...strangers];
	};

	for (const [name, { path, ...texts }] of Object.entries(pages)) {
		for (const state of ["full", "blank"] as const) {
			test(`${name}, ${state}`, async () => {
				const watched = await openPage(browser, pursers[state]!.web, path);
				await watched.page.getByText(new RegExp(texts[state])).first().waitFor();
				await watched.page.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => {});
				expect(await lookAt(watched, `${name}, ${state}`)).toEqual([]);
				await watched.close();
			});
		}
	}

	test("what opens over the page", async () => {
		const watched = await openPage(browser, pursers["full"]!.web, `/live?${period}`);
		const { page } = watched;
		await page.getByRole("list", { name: "Events, newest first" }).getByRole("button").first().click();
		await page.getByRole("dialog").waitFor();
		expect(await lookAt(watched, "an event")).toEqual([]);
		await page.keyboard.press("Escape");
		await page.goto(`http://${pursers["full"]!.web}/?${period}`);
		await page.getByTestId("headline").waitFor();
		await page.keyboard.press("Control+k");
		await page.getByRole("listbox", { name: "Commands" }).waitFor();
		expect(await findingsOf(page)).toEqual([]);
		await page.keyboard.press("Escape");
		await page.getByRole("dialog").waitFor({ state: "hidden" });
		await page.getByRole("button", { name: "Nov 20 – 21" }).click();
		await page.getByRole("dialog", { name: "Nov 20 – 21" }).waitFor();
		expect(await findingsOf(page)).toEqual([]);
		expect(await overflowOf(page)).toBe(0);
		await page.keyboard.press("Escape");
		await page.getByRole("button", { name: "Filter", exact: true }).click();
		await page.getByRole("option").first().waitFor();
		expect(await findingsOf(page)).toEqual([]);
		await watched.close();
	});
});
