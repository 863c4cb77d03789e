import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildKey, root, stamps } from "../../scripts/prepare.mjs";

const folder = join(root, "dashboard");

/** Fails unless the built page is that of the sources as they are now: a page of yesterday proves nothing. */
export function assertBuilt(): void {
	const index = join(folder, "dist/index.html");
	if (!existsSync(index)) throw new Error("the page is not built: `npm test` does that first, `npm run build` alone");
	const stamp = join(stamps(), "built.json");
	if (existsSync(stamp) && JSON.parse(readFileSync(stamp, "utf8")).key === buildKey(root)) return;
	const builtMs = statSync(index).mtimeMs;
	const sources = readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" })
		.filter((name) => /\.(tsx?|css)$/.test(name) && !name.endsWith(".test.ts"))
		.map((name) => join("src", name));
	const newer = [...sources, "index.html", "vite.config.ts"].filter((name) => statSync(join(folder, name)).mtimeMs > builtMs);
	if (newer.length > 0) throw new Error(`the page was built before ${newer[0]} changed: \`npm run build\` builds it again`);
}
