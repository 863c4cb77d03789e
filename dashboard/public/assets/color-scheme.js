// Before the first paint, so that a dark page never flashes white. A file of its own because the page's
// Content-Security-Policy allows no inline script; the key is the one Mantine's colour scheme manager writes.
(() => {
	let chosen = "auto";
	try {
		chosen = localStorage.getItem("mantine-color-scheme-value") ?? "auto";
	} catch {
		// Storage may be forbidden; the system's scheme is right then.
	}
	const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
	document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
