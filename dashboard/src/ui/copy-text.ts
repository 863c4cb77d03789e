/** To the clipboard. Browsers give it to safe origins only, and a Purser on the local network often is plain HTTP. */
export async function copyText(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		const field = document.createElement("textarea");
		field.value = text;
		field.style.cssText = "position:fixed;opacity:0";
		document.body.append(field);
		field.select();
		const done = document.execCommand("copy");
		field.remove();
		return done;
	}
}
