/**
 * A long history made of a short one: every record of a store once a day, with ids, people and times of that day. What is sent
 * in a minute becomes what a thousand people do in months, at a fraction of the time that sending it would take.
 */
import type { Session } from "chdb";
import { eventsTable, pointsTable, type TableDefinition } from "../server/src/normalize/tables.ts";

/** One sender's records are those of so many people, each with so many sessions a day of up to 90 minutes. */
const lanes = 4;
const sessionsPerDay = 4;

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
		"row_number() OVER (PARTITION BY user_id ORDER BY time) - 1 AS nth, count() OVER (PARTITION BY user_id) AS of_sender, nth % " +
		`${lanes} AS lane, cityHash64(user_id, lane) AS human, nth / of_sender AS share`;
	return [
		`CREATE TABLE base_${table.name} ENGINE = MergeTree ORDER BY (${table === eventsTable ? "event" : "metric"}, human, nth) AS SELECT ${stored(table).join(", ")}, ${place} FROM ${table.name} SETTINGS max_memory_usage = 0`,
		`TRUNCATE TABLE ${table.name}`,
	];
}

/** What happened `ago` days ago: the short history once, by people of their own hours. Copies of one day differ in `copy`. */
function oneDay(table: TableDefinition, copy: number, ago: number): string {
	const begins = `toStartOfDay(now('UTC')) - toIntervalDay(${ago}) + toIntervalHour(6 + human % 6)`;
	const session = `toUInt32(floor(share * ${sessionsPerDay}))`;
	const seconds = `${session} * 7200 + (share * ${sessionsPerDay} - ${session}) * 5400 + (nth % 1000) / 1000`;
	const time = `fromUnixTimestamp64Nano(toInt64((toUnixTimestamp(${begins}) + ${seconds}) * 1000) * 1000000, 'UTC')`;
	const fresh: Readonly<Record<string, string>> = {
		time,
		...(table === pointsTable && { start_time: `${time} - toIntervalSecond(60)` }),
		received_at: `toDateTime64(${time} + toIntervalSecond(5), 3, 'UTC')`,
		session_id: `if(session_id = '', '', toString(${asUuid(`human, ${session}, ${copy}`)}))`,
		user_id: "concat(lower(hex(sipHash128(human))), lower(hex(sipHash128(human, 1))))",
	};
	const selected = stored(table).map((name) => {
		const id = ids[name];
		if (id) return `if(${name} = '', '', ${id(asUuid(`${name}, ${copy}`))}) AS ${name}`;
		return fresh[name] ? `${fresh[name]} AS ${name}` : name;
	});
	return `INSERT INTO ${table.name} (${stored(table).join(", ")}) SELECT ${selected.join(", ")} FROM base_${table.name} SETTINGS max_memory_usage = 0, max_insert_threads = 2, prefer_column_name_to_alias = 1`;
}

/** Makes of what a closed store has `copies` times as much, of the last `days` days. */
export function multiply(session: Session, copies: number, days: number): void {
	for (const table of [eventsTable, pointsTable]) for (const sql of base(table)) session.query(sql);
	for (let copy = 0; copy < copies; copy++) {
		const ago = days - Math.floor((copy * days) / copies);
		for (const table of [eventsTable, pointsTable]) session.query(oneDay(table, copy, ago));
	}
	for (const table of [eventsTable, pointsTable]) session.query(`DROP TABLE base_${table.name} SYNC`);
}
