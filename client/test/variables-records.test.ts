import { afterAll, beforeAll, expect, test } from "vitest";
import { type Collector, openCollector } from "./collector.ts";
import { type Emitted, emitted } from "./emit-everything.ts";
import { type Check, effectsOn, has, lacks, notes, sends } from "./variable-effects.ts";

/** Attributes of every record: identity, resource and trace. */
let collector: Collector;
beforeAll(async () => {
	collector = await openCollector();
});
afterAll(() => collector.close());

const f = effectsOn(() => collector);
const point = "claude_code.token.usage";
f("OTEL_METRICS_INCLUDE_SESSION_ID", "", (emitted) => {
	for (const name of [point, "user_prompt", "claude_code.tool"]) expect(emitted.attributes(name)).toHaveProperty(["session.id"]);
});
f("OTEL_METRICS_INCLUDE_SESSION_ID", "false", (emitted) => {
	for (const name of [point, "user_prompt", "claude_code.tool"]) lacks(name, "session.id")(emitted);
});
f("OTEL_METRICS_INCLUDE_VERSION", "true", has(point, { "app.version": "string 2.1.329" }));
f("OTEL_METRICS_INCLUDE_VERSION", "", lacks(point, "app.version"));
f(
	"OTEL_METRICS_INCLUDE_VERSION",
	"2",
	notes("cannot use OTEL_METRICS_INCLUDE_VERSION: it says neither 1 nor 0; it counts as 0", lacks(point, "app.version")),
);
const account = { CLAUDE_CODE_ACCOUNT_UUID: "a-1" };
f("OTEL_METRICS_INCLUDE_ACCOUNT_UUID", "", has(point, { "user.account_uuid": "string a-1" }), account);
f("OTEL_METRICS_INCLUDE_ACCOUNT_UUID", "false", lacks(point, "user.account_uuid"), account);
const workplace = { entrypoint: "sdk-ts", repository: "git@github.com:Loom/Shuttle.git" };
const atWork = (name: string, value: string, check: Check) =>
	test(`${name}=${value}`, async () => check(await emitted(collector, { [name]: value }, { workplace })));
atWork("OTEL_METRICS_INCLUDE_ENTRYPOINT", "", lacks(point, "app.entrypoint"));
atWork("OTEL_METRICS_INCLUDE_ENTRYPOINT", "1", has(point, { "app.entrypoint": "string sdk-ts" }));
atWork("OTEL_METRICS_INCLUDE_REPOSITORY", "", lacks("user_prompt", "vcs.repository.url.full"));
const repository = { "vcs.repository.url.full": "string https://github.com/loom/shuttle", "vcs.owner.name": "string loom" };
for (const name of [point, "user_prompt"]) atWork("OTEL_METRICS_INCLUDE_REPOSITORY", "true", has(name, repository));

const labels = { OTEL_RESOURCE_ATTRIBUTES: "team.id=weavers" };
f("OTEL_METRICS_INCLUDE_RESOURCE_ATTRIBUTES", "true", has(point, { "team.id": "string weavers" }), labels);
f("OTEL_METRICS_INCLUDE_RESOURCE_ATTRIBUTES", "false", lacks(point, "team.id"), labels);

const resource = (expected: object) => (emitted: Emitted) => expect(emitted.records[0]?.resource).toMatchObject(expected);
f("OTEL_RESOURCE_ATTRIBUTES", "team.id=a%20b,cost_center=%F0%9F%A7%B5", (emitted) => {
	expect(emitted.notes).toEqual([]);
	resource({ "team.id": "string a b", cost_center: "string 🧵" })(emitted);
	has("user_prompt", { "team.id": "string a b", cost_center: "string 🧵" })(emitted);
});
f("OTEL_RESOURCE_ATTRIBUTES", "user.id=eve,service.version=9", (emitted) => {
	resource({ "user.id": "string eve", "service.version": "string 9" })(emitted);
	has(point, { "user.id": "string ada" })(emitted);
});
const odd = (value: string, note: string) =>
	f("OTEL_RESOURCE_ATTRIBUTES", `${value},team=x`, notes(note, has(point, { team: "string x" })));
odd(
	"a=b c",
	'entry 1 of OTEL_RESOURCE_ATTRIBUTES, "a", has a space, which has to be written as %20: it stays on the resource only',
);
odd(
	'a="b"',
	'entry 1 of OTEL_RESOURCE_ATTRIBUTES, "a", has a quotation mark, which has to be written as %22: it stays on the resource only',
);
odd(
	"a=🧵",
	'entry 1 of OTEL_RESOURCE_ATTRIBUTES, "a", has a character that is not plain ASCII, which has to be written as %F0%9F%A7%B5: it stays on the resource only',
);
odd(
	"weavers",
	"cannot use entry 1 of OTEL_RESOURCE_ATTRIBUTES: it has to be key=value, and a comma inside a value %2C; it is left out",
);
odd(
	"a=50%",
	'cannot use entry 1 of OTEL_RESOURCE_ATTRIBUTES, "a": a % that is followed by no two hexadecimal digits has to be %25; it is left out',
);
f("OTEL_SERVICE_NAME", "loom", resource({ "service.name": "string loom" }), { OTEL_RESOURCE_ATTRIBUTES: "service.name=other" });
f("OTEL_RESOURCE_INCLUDE_HOST", "true", (emitted) => expect(emitted.records[0]?.resource).toHaveProperty(["host.name"]));
f("OTEL_RESOURCE_INCLUDE_HOST", "", (emitted) => expect(emitted.records[0]?.resource).not.toHaveProperty(["host.name"]));
f("CLAUDE_CODE_ACCOUNT_UUID", "a-1", has("user_prompt", { "user.account_uuid": "string a-1" }));
f("CLAUDE_CODE_USER_EMAIL", "ada@loom.example", has(point, { "user.email": "string ada@loom.example" }));
f("CLAUDE_CODE_ORGANIZATION_UUID", "o-1", has(point, { "organization.id": "string o-1" }));

const caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const traced = (emitted: Emitted) => emitted.records.find(({ name }) => name === "claude_code.interaction")?.more;
f("TRACEPARENT", caller, (emitted) => {
	expect(traced(emitted)).toMatchObject({ traceId: "0af7651916cd43dd8448eb211c80319c", parentSpanId: "b7ad6b7169203331" });
	has("claude_code.interaction", { "parent.source": "string env" })(emitted);
});
f("TRACEPARENT", caller, ({ records }) => expect(records.find(({ signal }) => signal === "logs")?.more["isTraced"]).toBe(true), {
	OTEL_TRACES_EXPORTER: "none",
});
for (const value of ["here", `ff${caller.slice(2)}`, `00-${"0".repeat(32)}-b7ad6b7169203331-01`])
	f(
		"TRACEPARENT",
		value,
		notes(
			"cannot use TRACEPARENT: it is not as W3C Trace Context has it; a new trace begins",
			has("claude_code.interaction", { "parent.source": "string none" }),
		),
	);
test("TRACEPARENT is not read where the agent is interactive", async () => {
	const { records } = await emitted(collector, { TRACEPARENT: caller }, { isInteractive: true });
	expect(records.find(({ name }) => name === "claude_code.interaction")?.more["parentSpanId"]).toBe("");
});
f("TRACESTATE", "loom=7", ({ of }) => expect(JSON.stringify(of("traces")[0]?.body)).toContain('"traceState":"loom=7"'), {
	TRACEPARENT: caller,
});
test("TRACEPARENT is given on to programs that are started, without the agent's own variables", async () => {
	const given = { PATH: "/bin", OTEL_LOGS_EXPORTER: "otlp", TRACEPARENT: caller, TRACESTATE: "loom=7" };
	await emitted(collector, {}, {}, (telemetry) => {
		const span = telemetry.toolExecution({});
		expect(telemetry.environmentFor(given, span)).toEqual({ PATH: "/bin", TRACEPARENT: span.traceparent });
		expect(span.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
		expect(telemetry.environmentFor(given)).toEqual({ PATH: "/bin" });
	});
	await emitted(collector, { CLAUDE_CODE_ENABLE_TELEMETRY: "0" }, {}, (telemetry) =>
		expect(telemetry.environmentFor(given, telemetry.toolExecution({}))).toEqual(given),
	);
});
// The header goes with requests that only the host makes: it has `traceparent` of the span for it, whatever the variable says.
f("CLAUDE_CODE_PROPAGATE_TRACEPARENT", "1", sends("logs", "metrics", "traces"));
