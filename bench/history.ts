/**
 * A long history made of a short one: every record of a store once a day, with ids, people and times of that day. What is sent
 * in a minute becomes what a thousand people do in months, at a fraction of the time that sending it would take.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Session } from "chdb";
import { eventsTable, pointsTable, type TableDefinition } from "../server/src/schema/tables.ts";
import { send } from "./send.ts";
import { type Server, startServer } from "./server.ts";

/** So many people of either version that was recorded, each with so many sessions a day of up to 90 minutes. */
const people = 500;
const sessionsPerDay = 3;

/** Columns with ids, and what an id of that kind looks like made of 128 bits. */
const uuid = (bits: string) => `toString(${bits})`;
const word = (bits: string) => `base58Encode(reinterpretAsString(${bits}))`;
const ids: Readonly<Record<string, (bits: string) => string>> = {
	prompt_id: uuid,
	client_request_id: uuid,
	message_uuid: uuid,
	agent_id: uuid,
	request_id: (bits) => `concat('req_', ${word(bits)})`,
	tool_use_id: (bits) => `concat('toolu_', ${word(bits)})`,
};

const stored = ({ columns }: TableDefinition): string[] => columns.map(({ name }) => name);
const asUuid = (what: string) => `reinterpretAsUUID(sipHash128(${what}))`;

/** The short history, with each record's place in its sender's day; a person's records in a minute came together. */
function base(table: TableDefinition): string[] {
	const place =
		`cityHash64(agent_version, modulo(cityHash64(session_id), ${people})) AS human, ` +
		"row_number() OVER (PARTITION BY human ORDER BY time) - 1 AS nth, nth / count() OVER (PARTITION BY human) AS share";
	return [
		`CREATE TABLE base_${table.name} ENGINE = MergeTree ORDER BY (${table === eventsTable ? "event" : "metric"}, human, nth) AS SELECT ${stored(table).join(", ")}, ${place} FROM ${table.name} SETTINGS max_memory_usage = 0`,
		`TRUNCATE TABLE ${table.name}`,
	];
}

/**
 * Inserts the day `ago` days ago: the short history once, by people with their own hours. Copies of one day differ in `copy`.
 */
function oneDay(table: TableDefinition, copy: number, ago: number): string {
	const begins = `toStartOfDay(now('UTC')) - toIntervalDay(${ago}) + toIntervalHour(6 + human % 6)`;
	const session = `toUInt32(floor(share * ${sessionsPerDay}))`;
	const seconds = `${session} * 7200 + (share * ${sessionsPerDay} - ${session}) * 5400 + (nth % 1000) / 1000`;
	const at = (what: string) => `fromUnixTimestamp64Milli(toInt64((toUnixTimestamp(${begins}) + ${what}) * 1000), 'UTC')`;
	// Clients send their events every five seconds and their points once a minute, each with a beat of its own.
	const every = (interval: number) => `(intDiv(toUInt32(${seconds}), ${interval}) + 1) * ${interval} + human % 1000 / 1000`;
	const isPoint = table === pointsTable;
	const fresh: Readonly<Record<string, string>> = {
		time: `toDateTime64(${at(isPoint ? every(60) : seconds)}, 9, 'UTC')`,
		...(isPoint && { start_time: `toDateTime64(${at(`${every(60)} - 60`)}, 9, 'UTC')` }),
		received_at: at(`${every(isPoint ? 60 : 5)} + 0.005`),
		session_id: `if(session_id = '', '', toString(${asUuid(`human, ${session}, ${copy}`)}))`,
		...(!isPoint && { event_sequence: "if(position(shape, 'event.sequence:') > 0, nth, event_sequence)" }),
		user_id: "concat(lower(hex(sipHash128(human))), lower(hex(sipHash128(human, 1))))",
		user_email: "if(human % 3 = 0, '', concat('person-', toString(human % 100000), '@example.com'))",
		user_account_uuid: `if(human % 3 = 0, '', toString(${asUuid("human")}))`,
		organization_id: "if(human % 3 = 0, '', '6b1f4d1c-52fb-4a25-9d5a-3f0f2c8a7e11')",
		terminal_type: "['xterm-256color', 'vscode', 'iTerm.app', 'WezTerm'][1 + human % 4]",
		resource:
			'concat(\'{"department":"department-\', toString(human % 5), \'","team.id":"team-\', toString(human % 25), \'","host.arch":"arm64","os.type":"darwin","os.version":"25.1.0","service.name":"claude-code","service.version":"\', service_version, \'"}\')',
		os_type: "'darwin'",
		host_arch: "'arm64'",
		service_name: "'claude-code'",
	};
	const selected = stored(table).map((name) => {
		const id = ids[name];
		if (id) return `if(${name} = '', '', ${id(asUuid(`${name}, ${copy}`))}) AS ${name}`;
		return fresh[name] ? `${fresh[name]} AS ${name}` : name;
	});
	return `INSERT INTO ${table.name} (${stored(table).join(", ")}) SELECT ${selected.join(", ")} FROM base_${table.name} SETTINGS max_memory_usage = 0, max_insert_threads = 2, prefer_column_name_to_alias = 1`;
}

const shortEvents = 1_000_000;

/** A running server with so many events, and the points that belong to them, of the last `days` days, all rolled up. */
export async function startWithHistory(events: number, days: number): Promise<Server> {
	const first = await startServer();
	const load = { protocol: "http/protobuf", address: first.http, connections: 16, inFlight: 1 } as const;
	const short = Math.min(events, shortEvents);
	await send({ ...load, signal: "logs", perRequest: 100, requests: Math.ceil(short / 100) });
	await send({ ...load, signal: "metrics", perRequest: 0, requests: Math.ceil(short * 0.06) });
	await first.settle();
	await first.stop(true);
	const session = new Session(join(first.data, "engine"));
	multiply(session, Math.max(1, Math.round(events / short)), days);
	session.close();
	const server = await startServer(first.data);
	await rollUp(server);
	return server;
}

/** Rolls up all records, which were inserted without notice, and waits for it. */
async function rollUp({ web, get }: Server): Promise<void> {
	const response = await fetch(`http://${web}/api/v1/rollups/rebuild`, { method: "POST" });
	if (!response.ok) throw new Error(`POST /api/v1/rollups/rebuild: ${response.status} ${await response.text()}`);
	type Status = { readonly rollups: { readonly waiting_hours: number } };
	while ((await get<Status>("/api/v1/status")).rollups.waiting_hours > 0) await sleep(500);
}

/** Makes of what a closed store has `copies` times as much, of the last `days` days. */
function multiply(session: Session, copies: number, days: number): void {
	for (const table of [eventsTable, pointsTable]) for (const sql of base(table)) session.query(sql);
	for (let copy = 0; copy < copies; copy++) {
		const ago = days - Math.floor((copy * days) / copies);
		for (const table of [eventsTable, pointsTable]) session.query(oneDay(table, copy, ago));
	}
	for (const table of [eventsTable, pointsTable]) session.query(`DROP TABLE base_${table.name} SYNC`);
}
