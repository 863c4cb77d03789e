/**
 * Whether a request comes from a page of somebody else in a browser that can reach this server. Where a key is demanded no such page
 * has one; where none is, or where the browser adds it by itself, what it says of the page decides.
 */

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export type CrossSiteQuestion = {
	readonly headers: Headers;
	/** Whether the address is that of a page that people open, and not of data: a link on another page may lead there. */
	readonly isPage: boolean;
	/** Whether names are looked at: where no key is demanded, any name that leads here could be another page's own. */
	readonly isOpen: boolean;
	/** Names besides addresses and localhost under which this server is asked, in lower case. */
	readonly allowedHosts: ReadonlySet<string>;
};

/** Why a request is refused, for whoever sent it; undefined where it is not. */
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

/** Somebody follows a link: they see what they open, and the page that they come from does not. */
const isNavigation = (headers: Headers): boolean =>
	one(headers["sec-fetch-mode"]) === "navigate" && one(headers["sec-fetch-dest"]) === "document";

function isForeignOrigin(origin: string, host: string, allowedHosts: ReadonlySet<string>): boolean {
	if (origin === "") return false;
	if (!URL.canParse(origin)) return true;
	const from = new URL(origin);
	return from.host !== host.toLowerCase() && !allowedHosts.has(from.hostname);
}

/** An address leads where it says, and localhost to this machine: nobody else can make them lead here. */
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
