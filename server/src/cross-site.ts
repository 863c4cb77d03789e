/**
 * Decides if a request comes from a page of another site in a browser that can reach this server. Where a key is required no
 * such page has one; where none is, or where the browser adds it by itself, the headers about the page decide.
 */

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export type CrossSiteQuestion = {
	readonly headers: Headers;
	/** True for the address of a page that people open: a link on another page may lead there. */
	readonly isPage: boolean;
	/**
	 * True if names are checked: where no key is required, any name that resolves to this server could be another page's own.
	 */
	readonly isOpen: boolean;
	/** Names under which clients may reach this server, in lower case, in addition to addresses and localhost. */
	readonly allowedHosts: ReadonlySet<string>;
};

/** Returns the reason for which a request is refused; undefined where it is allowed. */
export function crossSiteRefusal({ headers, isPage, isOpen, allowedHosts }: CrossSiteQuestion): string | undefined {
	const host = one(headers["host"]) || one(headers[":authority"]);
	if (isOpen && host !== "" && !isRightHost(host, allowedHosts)) {
		return "this server does not answer under that name: another web page could have made it lead here. If it is right, add it to --allowed-hosts";
	}
	const site = one(headers["sec-fetch-site"]);
	const isForeign =
		site === "" ? isForeignOrigin(one(headers["origin"]), host, allowedHosts) : site !== "same-origin" && site !== "none";
	if (!isForeign || (isPage && isNavigation(headers))) return undefined;
	return "this request was made by another web page, which may neither read nor send anything here. A program that is no page sends no Origin; another name of this server's own goes in --allowed-hosts";
}

/** A user follows a link: they see the page that they open, and the page that they come from does not. */
const isNavigation = (headers: Headers): boolean =>
	one(headers["sec-fetch-mode"]) === "navigate" && one(headers["sec-fetch-dest"]) === "document";

function isForeignOrigin(origin: string, host: string, allowedHosts: ReadonlySet<string>): boolean {
	if (origin === "") return false;
	if (!URL.canParse(origin)) return true;
	const from = new URL(origin);
	return from.host !== host.toLowerCase() && !allowedHosts.has(from.hostname);
}

/** An address leads where it says, and localhost to this machine: no other site can make them lead here. */
const isNameOfThis = (name: string, allowedHosts: ReadonlySet<string>): boolean =>
	name === "localhost" || /^\d{1,3}(\.\d{1,3}){3}$/.test(name) || /^\[[\da-f:.]+\]$/.test(name) || allowedHosts.has(name);

/** The host that was last found to be right: most requests have the same. */
let lastRight: { readonly host: string; readonly allowedHosts: ReadonlySet<string> } | undefined;

function isRightHost(host: string, allowedHosts: ReadonlySet<string>): boolean {
	if (lastRight !== undefined && lastRight.host === host && lastRight.allowedHosts === allowedHosts) return true;
	if (!isNameOfThis(hostnameOf(host), allowedHosts)) return false;
	lastRight = { host, allowedHosts };
	return true;
}

const hostnameOf = (host: string): string => host.replace(/:\d*$/, "").replace(/\.$/, "").toLowerCase();
const one = (value: string | readonly string[] | undefined): string => (typeof value === "string" ? value : (value?.[0] ?? ""));
