import { expect, test } from "vitest";
import { crossSiteRefusal } from "./cross-site.ts";

const allowedHosts = new Set(["purser.example"]);
const ask = (headers: Readonly<Record<string, string>>, more: { isPage?: boolean; isOpen?: boolean } = {}) =>
	crossSiteRefusal({ headers, isPage: false, isOpen: true, allowedHosts, ...more });

test("addresses, localhost and the names allowed lead here; other names could be anybody's", () => {
	for (const host of [
		"127.0.0.1:4319",
		"127.0.0.1",
		"[::1]:4319",
		"10.0.0.7:1",
		"localhost:4319",
		"LOCALHOST",
		"purser.example:443",
		"",
	])
		expect(ask({ host }), host).toBeUndefined();
	for (const host of [
		"evil.example",
		"localhost.evil.example:4319",
		"127.0.0.1.evil.example",
		"a.localhost.",
		"[evil]",
		"1.2.3.4.5",
		"0x7f.1",
	])
		expect(ask({ host }), host).toContain("--allowed-hosts");
	expect(ask({ ":authority": "evil.example" })).toContain("--allowed-hosts");
	expect(ask({ host: "evil.example" }, { isOpen: false })).toBeUndefined();
});

test("what a browser says of the page decides; without it the origin does", () => {
	const host = "127.0.0.1:4319";
	for (const site of ["same-origin", "none"]) expect(ask({ host, "sec-fetch-site": site })).toBeUndefined();
	for (const site of ["same-site", "cross-site", "whatever"])
		for (const isOpen of [true, false]) expect(ask({ host, "sec-fetch-site": site }, { isOpen })).toContain("another web page");
	expect(ask({ host, origin: "http://127.0.0.1:4319" })).toBeUndefined();
	expect(ask({ host, origin: "https://purser.example" })).toBeUndefined();
	for (const origin of [
		"null",
		"http://127.0.0.1:4320",
		"http://localhost:4319",
		"https://evil.example",
		"chrome-extension://abc",
		"x",
	])
		expect(ask({ host, origin }), origin).toContain("another web page");
});

test("a link on another page may lead to a page of this, and to nothing else", () => {
	const link = {
		host: "127.0.0.1:4319",
		"sec-fetch-site": "cross-site",
		"sec-fetch-mode": "navigate",
		"sec-fetch-dest": "document",
	};
	expect(ask(link, { isPage: true })).toBeUndefined();
	expect(ask(link)).toContain("another web page");
	expect(ask({ ...link, "sec-fetch-dest": "iframe" }, { isPage: true })).toContain("another web page");
	expect(ask({ ...link, "sec-fetch-mode": "no-cors" }, { isPage: true })).toContain("another web page");
});
