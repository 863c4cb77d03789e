import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPurser, type TestPurser } from "../../server/test/purser.ts";
import { readRecordings } from "../../server/test/recordings.ts";
import { post, replay } from "../../server/test/send.ts";
import { noBrowser, openBrowser, openPage, type Watched } from "./browser.ts";

/** In order: each test continues where the one before stopped, as a person does who connects for the first time. */
describe.skipIf(noBrowser)("first run", () => {
	let purser: TestPurser;
	let browser: Browser;
	let watched: Watched;

	beforeAll(async () => {
		browser = await openBrowser();
		purser = await startPurser();
		watched = await openPage(browser, purser.web, "/", { permissions: ["clipboard-read", "clipboard-write"] });
	});
	afterAll(async () => {
		await browser?.close();
		await purser?.stop();
	});

	const check = (name: string) =>
		watched.page.getByRole("complementary", { name: "Live checks" }).getByRole("listitem").filter({ hasText: name });
	const stateOf = (name: string) => check(name).getAttribute("data-state");
	const lines = async () => (await watched.page.getByRole("region", { name: /^lines for/ }).textContent()) ?? "";

	test("the front page is how to connect, with this server's own addresses", async () => {
		const { page } = watched;
		await page.getByText("Nothing has arrived yet. Paste this where you start Claude Code.").waitFor();
		await check("Listening").and(page.locator("[data-state=done]")).waitFor();
		expect(await check("Listening").textContent()).toContain(`gRPC ${purser.grpc}, HTTP ${purser.http}`);
		expect(await stateOf("First request")).toBe("waiting");
		expect(await stateOf("First event")).toBe("waiting");
		expect(await stateOf("First metric")).toBe("waiting");
		expect(await lines()).toBe(
			[
				"export CLAUDE_CODE_ENABLE_TELEMETRY=1",
				"export OTEL_METRICS_EXPORTER=otlp",
				"export OTEL_LOGS_EXPORTER=otlp",
				"export OTEL_EXPORTER_OTLP_PROTOCOL=grpc",
				`export OTEL_EXPORTER_OTLP_ENDPOINT=http://${purser.grpc}`,
				"claude",
			].join("\n"),
		);
	});

	test("another protocol is another endpoint, another place another form", async () => {
		const { page } = watched;
		await page.getByText("HTTP/JSON", { exact: true }).click();
		expect(await lines()).toContain("export OTEL_EXPORTER_OTLP_PROTOCOL=http/json");
		expect(await lines()).toContain(`export OTEL_EXPORTER_OTLP_ENDPOINT=http://${purser.http}`);
		await page.getByText("Managed settings", { exact: true }).click();
		expect(JSON.parse(await lines())).toEqual({
			env: {
				CLAUDE_CODE_ENABLE_TELEMETRY: "1",
				OTEL_METRICS_EXPORTER: "otlp",
				OTEL_LOGS_EXPORTER: "otlp",
				OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
				OTEL_EXPORTER_OTLP_ENDPOINT: `http://${purser.http}`,
			},
		});
		// The second control is reached and moved by keyboard too.
		await page.getByRole("radio", { name: "Managed settings" }).press("ArrowRight");
		expect(await lines()).toContain(`ENV OTEL_EXPORTER_OTLP_ENDPOINT=http://${purser.http}`);
		await page.getByText("Shell", { exact: true }).click();
		await page.getByText("gRPC", { exact: true }).click();
	});

	test("the copy button copies the lines", async () => {
		const { page } = watched;
		await page.getByRole("button", { name: "Copy: lines for Shell" }).click();
		await page.getByRole("button", { name: "Copied: lines for Shell" }).waitFor();
		expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await lines());
	});

	test("a test event proves the server, and is no sign of a client", async () => {
		const { page } = watched;
		await page.getByRole("button", { name: "Send a test event" }).click();
		await page.getByText("The server is fine: if nothing arrives, look at the client.").waitFor();
		expect(await page.locator("[data-state=failed]").count()).toBe(0);
		expect(await stateOf("First event")).toBe("waiting");
		const usage = await purser.get("/api/v1/usage?measure=active_users,sessions,cost_usd&from=-1d");
		expect(usage.rows.filter((row) => Object.values(row).some((value) => Number(value) > 0))).toEqual([]);
	});

	test("what is refused is said as it happens", async () => {
		await post(`http://${purser.http}/v1/logs`, { "content-type": "application/json" }, Buffer.from("{ not JSON"));
		const refused = watched.page.getByRole("listitem").filter({ hasText: "http 400" });
		await refused.waitFor();
	});

	test("the checks turn green by themselves when a client sends, and lead to the overview", async () => {
		const { page } = watched;
		const recordings = readRecordings().filter(({ folder }) => folder === "2.1.329/grpc/full");
		expect(recordings.length).toBeGreaterThanOrEqual(2);
		await replay(recordings, purser);
		for (const name of ["First request", "First event", "First metric"])
			await check(name).and(page.locator("[data-state=done]")).waitFor();
		await page.getByText("It works: telemetry arrives and is kept.").waitFor();
		await page.getByRole("button", { name: "Go to the overview" }).click();
		await page.getByTestId("headline").waitFor();
		expect(await page.title()).toBe("Overview · Purser");
	});

	test("a later visitor finds the overview, and how to connect one click away", async () => {
		const { page } = watched;
		await page.reload();
		await page.getByTestId("headline").waitFor();
		await page.getByRole("link", { name: "Connect" }).click();
		await page.getByText("To connect another machine, paste this where it starts Claude Code.").waitFor();
		expect(new URL(page.url()).pathname).toBe("/setup");
	});

	test("nothing was logged as an error, and no third party was contacted", () => {
		expect(watched.errors).toEqual([]);
		expect(watched.strangers).toEqual([]);
	});
});
