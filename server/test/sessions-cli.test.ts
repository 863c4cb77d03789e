import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPurser, type TestPurser } from "./purser.ts";
import { readRecordings } from "./recordings.ts";
import { replay } from "./send.ts";

const program = fileURLToPath(new URL("../src/main.ts", import.meta.url));
let server: TestPurser;
beforeAll(async () => {
	server = await startPurser();
	await replay(
		readRecordings().filter(({ folder }) => ["2.1.329/http-json/full", "2.1.329/http-json/full-everything"].includes(folder)),
		server,
	);
	await server.settle();
});
afterAll(() => server.stop());

function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
	const env = { PATH: process.env["PATH"], HOME: "/nonexistent", PURSER_SERVER: `http://${server.web}`, COLUMNS: "100" };
	const child = spawn(process.execPath, [program, "sessions", ...args], { env });
	let [out, err] = ["", ""];
	child.stdout.on("data", (chunk) => (out += chunk));
	child.stderr.on("data", (chunk) => (err += chunk));
	return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, err })));
}
type Listed = { rows: { session_id: string; cost_usd: number; tool_calls: number }[] };
const listed = async () => (await server.get<Listed>("/api/v1/sessions?from=2025-01-01")).rows;

describe("sessions", () => {
	it("are listed in a table that fits, and exactly as CSV and JSON", async () => {
		const rows = await listed();
		expect(rows.length).toBe(2);
		const { out } = await run("--from", "2025-01-01");
		const lines = out.trimEnd().split("\n");
		expect(lines[0]).toMatch(/began\s+session\s+person\s+models\s+took\s+prompts\s+requests\s+tools\s+cost/);
		for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
		for (const [i, row] of rows.entries()) expect(lines[i + 1]).toContain(row.session_id.slice(0, 8));
		expect(JSON.parse((await run("--from", "2025-01-01", "--format", "json")).out).rows).toEqual(rows);
		const csv = (await run("--from", "2025-01-01", "--format", "csv", "--limit", "1")).out;
		expect(csv).toMatch(/^session_id,first_time,.*cost_usd/);
		expect(csv).toContain(`,${rows[0]!.cost_usd},`);
	});

	it("one is shown from top to bottom, also by the beginning of its id", async () => {
		const rows = await listed();
		const texts: string[] = [];
		for (const { session_id: id } of rows) {
			const { code, out } = await run(id.slice(0, 8));
			expect([code, out.split("\n")[0]]).toEqual([0, `session ${id}`]);
			for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
			expect(out).toMatch(/^ {5,}[\d:]+ {2}api_request .*claude-opus-5-5 .* in .* out .*\$0\.\d{4}$/m);
			expect(out).toMatch(/tool_result +Bash {2}failed/);
			expect(out).toMatch(/^1 {4}[\d:]+ {2}\$0\.\d{4} .*prompt {2}\d+ characters/m);
			expect(out).toContain("start-up");
			texts.push(out);
		}
		// One of the two was recorded with prompts and tool details.
		expect(texts.filter((text) => /"git add -A"/.test(text)).length).toBe(1);
		expect(texts.filter((text) => /characters {2}"/.test(text)).length).toBe(1);
	});

	it("one is given as rows and as JSON", async () => {
		const [row] = await listed();
		const csv = (await run(row!.session_id, "--format", "csv")).out.trimEnd().split("\r\n");
		expect(csv.filter((line) => line.includes(",tool_result,")).length).toBe(row!.tool_calls);
		const json = JSON.parse((await run(row!.session_id, "--format", "json", "--limit", "3")).out);
		expect([json.session.session_id, json.meta.truncated]).toEqual([row!.session_id, true]);
		expect((await run(row!.session_id, "--limit", "3")).err).toContain("more events");
	});

	it("says what is wrong", async () => {
		expect(await run("nowhere")).toMatchObject({ code: 1, err: expect.stringContaining('no session "nowhere"') });
		expect(await run("nowhere", "--where", "tool:Bash")).toMatchObject({
			code: 2,
			err: expect.stringContaining("list of sessions"),
		});
		expect(await run("--order", "colour")).toMatchObject({ code: 2, err: expect.stringContaining("Known: first_time") });
	});
});
