// `npm test`: installs what is not yet there, then style, types and every test; with arguments only the tests they select,
// as in `npm test -- otlp`. The last line counts, and nothing that did not run counts as passed.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { browser, sayNoBrowser } from "./browser.mjs";
import { build, install, PrepareError, root, say, stamps } from "./prepare.mjs";
import { prometheus, sayNoPrometheus } from "./prometheus.mjs";
import { run, step } from "./run.mjs";
import { summaryLine, sumOf, tallyOf } from "./summary.mjs";

const MINUTES = 60;
const limit = AbortSignal.timeout(MINUTES * 60_000);
const selected = process.argv.slice(2);
const tallies = [];
const count = (isPassed) => tallies.push({ passed: isPassed ? 1 : 0, failed: isPassed ? 0 : 1, skipped: 0 });

try {
	await testAll();
} catch (error) {
	say(error instanceof PrepareError ? error.message : error.stack);
	count(false);
}
// Whatever was running then has failed.
if (limit.aborted) say(`stopped after ${MINUTES} minutes`);
const sum = sumOf(tallies);
process.exitCode = sum.failed > 0 ? 1 : 0;
process.stdout.write(`${summaryLine(sum)}\n`);

async function testAll() {
	const { node, env } = await install({ limit });
	await build({ env, limit }).catch((error) => {
		if (!(error instanceof PrepareError)) throw error;
		say(error.message);
		count(false);
	});
	const chromium = await browser({ limit });
	const scraper = await prometheus({ limit });

	if (selected.length === 0) {
		await check("checking style", "biome", ["check", "."], env);
		await check("checking types", "tsc", ["--build"], env);
		await check("looking for unused code", "knip", [], env);
	}
	tallies.push(await vitest(node, { ...env, CHROMIUM_PATH: chromium, PROMETHEUS_PATH: scraper }));
	if (!chromium) sayNoBrowser();
	if (!scraper) sayNoPrometheus();
}

async function check(doing, program, args, env) {
	const { code } = await step(doing, join(root, "node_modules/.bin", program), args, { cwd: root, env, limit });
	count(code === 0);
}

async function vitest(node, env) {
	const report = join(stamps(), `tests-${process.pid}.json`);
	const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
	try {
		// In a process group of its own, so that the limit also ends what the tests started.
		const args = [join(root, "node_modules/vitest/vitest.mjs"), "run", ...reporters, ...selected];
		const { code } = await run(node, args, { cwd: root, env, group: true, limit });
		if (code !== 0) say(`vitest ended with code ${code}`);
		return tallyOf(readReport(report), code);
	} finally {
		rmSync(report, { force: true });
	}
}

function readReport(path) {
	try {
		return JSON.parse(readFileSync(path, "utf8"));
	} catch {
		return undefined;
	}
}
