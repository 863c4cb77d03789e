import { createServer as createHttp, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePorts } from "../../server/test/process.ts";
import { startPurser, type TestPurser } from "../../server/test/purser.ts";
import { browserPath, noBrowser } from "./browser.ts";
import { sendEvents } from "./events.ts";

/**
 * A foreign page in the same browser: on another port of this machine, and under a name of its own that it made resolve to
 * Purser. It tries all that a page can, at every port, and none of it is answered or has an effect.
 */
const evil = "evil.example";

describe.skipIf(noBrowser)("pages of others", () => {
	let purser: TestPurser;
	let sql: string;
	let browser: Browser;
	let other: Server;
	let origin: string;

	beforeAll(async () => {
		sql = `127.0.0.1:${(await freePorts(1))[0]}`;
		purser = await startPurser({ sql });
		await sendEvents(purser.http, [{ event: "user_prompt", at: Date.now(), attributes: { prompt: "a secret" } }]);
		await purser.settle();
		other = createHttp((_request, response) => {
			response.setHeader("Content-Type", "text/html");
			response.end("<!doctype html><title>other</title><p>another page");
		});
		await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
		origin = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
		browser = await chromium.launch({
			executablePath: browserPath,
			args: ["--no-sandbox", `--host-resolver-rules=MAP ${evil} 127.0.0.1`],
		});
	});
	afterAll(async () => {
		await browser?.close();
		other?.close();
		await purser?.stop();
	});

	/** Returns the visible effects: stored records, and requests of the listeners. */
	const effects = async () => {
		const { stored, signals } = await purser.get<{ stored: unknown; signals: Record<string, { requests: number }> }>(
			"/api/v1/status",
		);
		return { stored, requests: Object.values(signals).map(({ requests }) => requests) };
	};
	const targets = () => ({
		web: `http://${purser.web}`,
		http: `http://${purser.http}`,
		grpc: `http://${purser.grpc}`,
		sql: `http://${sql}`,
	});

	/** Tries everything against one address; gives what it could read. */
	const tries = async (at: string, from: string): Promise<readonly string[]> => {
		const page = await browser.newPage();
		try {
			await page.goto(from);
			return await page.evaluate(async (at) => {
				const read: string[] = [];
				const paths = [
					"/api/v1/status",
					"/api/v1/events",
					"/api/v1/usage?measure=events",
					"/api/v1/probe",
					"/api/v1/rollups/rebuild",
					"/api/v1/journal/retry?name=x",
					"/metrics",
					"/openapi.json",
					"/v1/logs",
					"/",
					"/?query=SELECT%20count()%20FROM%20events",
				];
				const record = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: "forged" } }] }] }] });
				const within = <Result>(promise: Promise<Result>) =>
					Promise.race([promise, new Promise<undefined>((resolve) => setTimeout(resolve, 3000, undefined))]).catch(
						() => undefined,
					);
				const loads = (element: HTMLElement & { src?: string; href?: string; data?: string }) =>
					within(
						new Promise<boolean>((resolve) => {
							element.addEventListener("load", () => resolve(true));
							element.addEventListener("error", () => resolve(false));
							document.body.append(element);
						}),
					);
				for (const path of paths) {
					const url = at + path;
					for (const mode of ["cors", "no-cors", "same-origin"] as const)
						for (const [method, type] of [
							["GET", ""],
							["POST", "text/plain"],
							["POST", "application/json"],
							["POST", "application/x-www-form-urlencoded"],
							["PUT", ""],
							["OPTIONS", ""],
						] as const)
							for (const credentials of ["include", "omit"] as const) {
								const headers: Record<string, string> = type ? { "Content-Type": type } : {};
								const body = method === "POST" ? record : null;
								const answer = await within(fetch(url, { mode, method, credentials, headers, body }));
								// An answer that may not be looked at has no status.
								if (answer && answer.status !== 0 && answer.status !== 403)
									read.push(`fetch ${mode} ${method} ${path}: ${answer.status}`);
							}
					navigator.sendBeacon(url, record);
					navigator.sendBeacon(url, new Blob([record], { type: "application/json" }));
					if (await loads(Object.assign(new Image(), { src: url }))) read.push(`img ${path}`);
					if (await loads(Object.assign(document.createElement("script"), { src: url }))) read.push(`script ${path}`);
					const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: url });
					if (await loads(style)) read.push(`style ${path}`);
					const frame = Object.assign(document.createElement("iframe"), { name: "frame" });
					document.body.append(frame);
					for (const method of ["get", "post"]) {
						const form = Object.assign(document.createElement("form"), { action: url, method, target: "frame" });
						document.body.append(form);
						form.submit();
						await new Promise((resolve) => setTimeout(resolve, 50));
					}
					await within(
						new Promise<void>((resolve) => {
							const source = new EventSource(url);
							source.onopen = () => read.push(`EventSource ${path}`);
							source.onerror = () => resolve();
						}),
					);
					await within(
						new Promise<void>((resolve) => {
							const socket = new WebSocket(url.replace("http", "ws"));
							socket.onopen = () => read.push(`WebSocket ${path}`);
							socket.onclose = () => resolve();
						}),
					);
				}
				return read;
			}, at);
		} finally {
			await page.close();
		}
	};

	for (const name of ["web", "http", "grpc", "sql"] as const) {
		test(`a page on another port reads, writes and has done nothing at ${name}`, async () => {
			const before = await effects();
			expect(await tries(targets()[name], origin)).toEqual([]);
			await purser.settle();
			expect(await effects()).toEqual(before);
		}, 120_000);
	}

	// No browser speaks gRPC's protocol without TLS.
	for (const name of ["web", "http", "sql"] as const)
		test(`a page under a name that leads to ${name} reads, writes and has done nothing there`, async () => {
			const at = `http://${evil}:${targets()[name].split(":").at(-1)}`;
			const before = await effects();
			// Whatever is answered there is a page of that name's own origin.
			expect(await tries(at, `${at}/healthz`)).toEqual([]);
			await purser.settle();
			expect(await effects()).toEqual(before);
		}, 120_000);

	test("a link on another page leads to Purser's page, and to no data", async () => {
		const follow = async (url: string): Promise<readonly [number | undefined, string]> => {
			const page = await browser.newPage();
			await page.goto(origin);
			await page.evaluate(
				(href) => document.body.append(Object.assign(document.createElement("a"), { href, textContent: "here" })),
				url,
			);
			const [answer] = await Promise.all([page.waitForNavigation(), page.getByText("here").click()]);
			const text = await page.content();
			await page.close();
			return [answer?.status(), text];
		};
		const { web, sql, http } = targets();
		expect((await follow(`${web}/`))[0]).toBe(200);
		expect((await follow(`${web}/sessions`))[0]).toBe(200);
		for (const url of [
			`${web}/api/v1/events`,
			`${web}/metrics`,
			`${web}/openapi.json`,
			`${sql}/?query=SELECT%201`,
			`${http}/v1/logs`,
		])
			expect((await follow(url))[0], url).toBe(403);
	}, 60_000);
});
