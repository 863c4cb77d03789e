import { existsSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { logsOf } from "../../scripts/otlp-json.ts";
import { hostileTexts } from "./hostile.ts";
import { startPurser, type TestPurser } from "./purser.ts";
import { readRecordings } from "./recordings.ts";
import { post, replay } from "./send.ts";

let server: TestPurser;
beforeAll(async () => {
	server = await startPurser();
	await replay(readRecordings().slice(0, 40), server);
});
afterAll(() => server.stop());

const answer = async (path: string): Promise<readonly [status: number, text: string]> => {
	const response = await fetch(`http://${server.web}${path}`);
	return [response.status, await response.text()];
};
const query = (parameters: Readonly<Record<string, string>>): string => String(new URLSearchParams(parameters));
/** Writes a label's name in a list, and in a condition, as docs/api.md describes. */
const inList = (name: string): string => name.replace(/(\\*)(,)/g, "$1$1\\$2");
const inCondition = (name: string): string => name.replace(/(\\*)([!:])/g, "$1$1\\$2").replace(/\\+$/, "$&$&");
/** The text that is sent: a lone surrogate is none of Unicode's characters. */
const sent = (text: string): string => text.toWellFormed();

type Documented = {
	readonly paths: Readonly<
		Record<
			string,
			Readonly<Record<string, { readonly parameters?: readonly { name: string; in: string; required?: boolean }[] }>>
		>
	>;
};

test("every parameter of every route takes any text: what it means is answered, the rest is refused", async () => {
	const { paths } = await server.get<Documented>("/openapi.json");
	const valid: Readonly<Record<string, string>> = { measure: "events,cost_usd", id: "none", name: "active_people" };
	let asked = 0;
	for (const [path, methods] of Object.entries(paths)) {
		if (!methods["get"] || path.endsWith("/stream")) continue;
		const parameters = methods["get"].parameters ?? [];
		for (const { name, in: place } of [...parameters, { name: "unknown", in: "query" }]) {
			for (const text of hostileTexts) {
				const written = path.replace(/\{(\w+)\}/g, (_, key) =>
					encodeURIComponent((key === name ? sent(text) : valid[key]) ?? "x"),
				);
				const required = parameters.filter(({ in: where, required }) => where === "query" && required);
				const given = { ...Object.fromEntries(required.map(({ name }) => [name, valid[name] ?? "x"])) };
				const rest = place === "query" ? query({ ...given, [name]: text }) : query(given);
				const [status, body] = await answer(`${written}?${rest}`);
				expect([200, 400, 404], `${path} ${name}=${JSON.stringify(text)}: ${status} ${body.slice(0, 200)}`).toContain(status);
				asked++;
			}
		}
		for (const text of hostileTexts) expect([200, 400, 404]).toContain((await answer(`${path}?${query({ [text]: "x" })}`))[0]);
	}
	expect(asked).toBeGreaterThan(2000);
	expect(existsSync("/tmp/purser-hostile")).toBe(false);
	expect(server.log.filter((line) => /internal|Code: \d+/i.test(line))).toEqual([]);
}, 600_000);

test("what was sent under such a name can be asked for by it", async () => {
	const at = Date.parse("2026-10-01T12:00:00Z");
	const random = fc.sample(fc.string({ unit: "binary", minLength: 1, maxLength: 60 }), { numRuns: 40, seed: 7 });
	const names = [...new Set([...hostileTexts, ...random].map(sent))];
	const resource = { "service.name": "claude-code", "service.version": "2.1.329" };
	const events = names.map((name, i) => ({
		at: at + i,
		event: "user_prompt",
		attributes: {
			"event.name": "user_prompt",
			"user.email": name,
			"session.id": `hostile ${i}`,
			[`${name}`]: `value ${i}`,
			tool_name: name,
		},
	}));
	await post(
		`http://${server.http}/v1/logs`,
		{ "content-type": "application/json" },
		Buffer.from(JSON.stringify(logsOf({ resource, events, points: [] }))),
	);
	await server.settle();
	const period = { from: "2026-10-01", to: "2026-10-02" };
	for (const [i, name] of names.entries()) {
		const label = `label.${name}`;
		const { rows } = await server.get<{ rows: Record<string, unknown>[] }>(
			`/api/v1/usage?${query({ measure: "prompts", by: inList(label), where: `${inCondition(label)}:value ${i}`, order: `-${inList(label)}`, ...period })}`,
		);
		expect(
			rows.map((row) => Object.entries(row)),
			JSON.stringify(name),
		).toEqual([
			[
				[label, `value ${i}`],
				["prompts", 1],
			],
		]);
		// People are called by their addresses, written one way.
		const own = `${inCondition(label)}:value ${i}`;
		const [person] = (await server.get(`/api/v1/usage?${query({ measure: "prompts", by: "person", where: own, ...period })}`))
			.rows;
		const named = query({ measure: "prompts", where: `person:${person!["person"]}`, ...period });
		expect((await server.get(`/api/v1/usage?${named}`)).rows, JSON.stringify(name)).toEqual([
			{ prompts: expect.toSatisfy((n) => n >= 1) },
		]);
		const found = await server.get(`/api/v1/events?${query({ session: `hostile ${i}`, tool: name, ...period })}`);
		expect(found.rows.length, JSON.stringify(name)).toBe(1);
		const [status, csv] = await answer(
			`/api/v1/usage?${query({ measure: "prompts", by: inList(label), format: "csv", ...period })}`,
		);
		expect([status, csv.includes(`value ${i}`)], JSON.stringify(name)).toEqual([200, true]);
	}
}, 120_000);
