import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPurser, type TestPurser } from "./purser.ts";
import { post } from "./send.ts";

let server: TestPurser;
beforeAll(async () => {
	server = await startPurser();
});
afterAll(() => server.stop());

let sent = 0;
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
/** Sends a prompt and a request of one micro-dollar, by the person that these attributes name. */
async function send(session: string, attributes: Readonly<Record<string, string>>): Promise<void> {
	const timeUnixNano = `${Date.now() - 60_000}${String(++sent).padStart(6, "0")}`;
	const record = (event: string, more: object[]) => ({
		timeUnixNano,
		attributes: [
			...Object.entries(attributes).map(([key, value]) => text(key, value)),
			text("session.id", session),
			text("event.name", event),
			...more,
		],
	});
	const logRecords = [record("user_prompt", []), record("api_request", [{ key: "cost_usd", value: { doubleValue: 1e-6 } }])];
	const body = Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }));
	const { status } = await post(`http://${server.http}/v1/logs`, { "content-type": "application/json" }, body);
	expect(status).toBe(200);
}

type Rows = Record<string, number | string>[];
const people = async (more = ""): Promise<Record<string, number>> => {
	const { rows } = await server.get<{ rows: Rows }>(`/api/v1/usage?measure=prompts&by=person&from=-1h${more}`);
	return Object.fromEntries(rows.map((row) => [row["person"], Number(row["prompts"])]));
};
/** Names follow what is stored within a few seconds. */
async function becomes(expected: Record<string, number>): Promise<void> {
	await server.settle();
	await expect.poll(() => people("&order=person"), { timeout: 10_000, interval: 200 }).toEqual(expected);
}

test("one human with several identifiers is one person, for earlier records too (R9)", async () => {
	await send("s1", { "user.id": "installation-1" });
	await send("s2", { "user.id": "installation-2" });
	await becomes({ "installation-1": 1, "installation-2": 1 });
	await send("s3", { "user.email": "ada@example.com", "user.account_uuid": "account-1", "user.id": "installation-1" });
	await send("s4", { "user.account_uuid": "account-1", "user.id": "installation-2" });
	await becomes({ "ada@example.com": 4 });
	const { rows } = await server.get<{ rows: Rows }>(
		"/api/v1/usage?measure=active_users,cost_usd,sessions&from=-1h&where=person:ada@example.com",
	);
	expect(rows).toEqual([{ active_users: 1, cost_usd: 4e-6, sessions: 4 }]);
	// Records stay as they came, and are found under the person's name.
	const events = await server.get<{ rows: { attributes: object }[] }>("/api/v1/events?person=ada@example.com&session=s1");
	expect(events.rows.map(({ attributes }) => attributes)).toEqual([
		expect.not.objectContaining({ "user.email": "ada@example.com" }),
		expect.not.objectContaining({ "user.email": "ada@example.com" }),
	]);
});

test("an installation that a second person uses no longer links people", async () => {
	await send("s5", { "user.email": "bob@example.com", "user.id": "installation-1" });
	await becomes({ "ada@example.com": 3, "bob@example.com": 1, "installation-1": 1 });
});

test("the directory says who is in which team on which day; labels where it says nothing", async () => {
	const directory = join(mkdtempSync(join(tmpdir(), "purser-test-")), "people.csv");
	const today = new Date().toISOString().slice(0, 10);
	writeFileSync(
		directory,
		`person,name,team,cost_center,manager,from\nada@example.com,Ada,Engines,0042,bob@example.com,\nada@example.com,Ada,Looms,0043,,${today}\n`,
	);
	const own = await startPurser({ directory });
	try {
		const at = (daysAgo: number, person: string, label: string) => ({
			timeUnixNano: `${Date.now() - daysAgo * 86_400_000}${String(++sent).padStart(6, "0")}`,
			attributes: [
				text("event.name", "user_prompt"),
				...(person.includes("@") ? [text("user.email", person)] : [text("user.id", person)]),
				...(label ? [text("team.id", label)] : []),
			],
		});
		const known = {
			timeUnixNano: `${Date.now()}000000`,
			attributes: [text("user.email", "ada@example.com"), text("user.id", "i1")],
		};
		const logRecords = [at(0, "ada@example.com", "label"), at(9, "i1", ""), at(9, "bob@example.com", "Mills"), known];
		const body = Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }));
		expect((await post(`http://${own.http}/v1/logs`, { "content-type": "application/json" }, body)).status).toBe(200);
		await own.settle();
		const teams = async () =>
			(await own.get<{ rows: Rows }>("/api/v1/usage?measure=prompts&by=team,cost_center,manager,name&order=team")).rows;
		const expected = [
			{ team: "Engines", cost_center: "0042", manager: "bob@example.com", name: "Ada", prompts: 1 },
			{ team: "Looms", cost_center: "0043", manager: "", name: "Ada", prompts: 1 },
			{ team: "Mills", cost_center: "", manager: "", name: "bob@example.com", prompts: 1 },
		];
		const becomes = async (rows: Rows) => {
			await expect.poll(teams, { timeout: 15_000, interval: 200 }).toEqual(rows);
		};
		await becomes(expected);
		// A large organization's.
		const many = Array.from({ length: 20_000 }, (_, i) => `person-${i}@a-rather-long-domain.example.com,Team ${i % 100}`);
		writeFileSync(directory, ["person,team", ...many, "bob@example.com,Mills", "ada@example.com,Pits"].join("\n"));
		await becomes([
			{ team: "Mills", cost_center: "", manager: "", name: "bob@example.com", prompts: 1 },
			{ team: "Pits", cost_center: "", manager: "", name: "ada@example.com", prompts: 2 },
		]);
		// Rewritten while Purser runs; one with a mistake changes nothing.
		writeFileSync(directory, "person,team\nbob@example.com,Mines\nada@example.com,\n");
		await becomes([
			{ team: "", cost_center: "", manager: "", name: "ada@example.com", prompts: 1 },
			{ team: "Mines", cost_center: "", manager: "", name: "bob@example.com", prompts: 1 },
			{ team: "label", cost_center: "", manager: "", name: "ada@example.com", prompts: 1 },
		]);
	} finally {
		await own.stop();
	}
}, 60_000);

test("an e-mail is one person's however its letters are cased, also where it came alone", async () => {
	const others = await people();
	await send("cased-1", { "user.email": "Zoe@Example.com" });
	await send("cased-2", { "user.email": "zoe@example.com", "user.id": "installation-of-zoe" });
	await becomes({ ...others, "zoe@example.com": 2 });
});
