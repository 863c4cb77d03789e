/** Measures the disk space of a stored event, by column: a month of the recordings' mix with fresh ids, all parts merged. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Session } from "chdb";
import { send } from "./send.ts";
import { startServer } from "./server.ts";
import { print, rounded } from "./table.ts";

const events = Number(process.argv[2] ?? 1_000_000);
const server = await startServer();
const sent = await send({
	protocol: "http/protobuf",
	address: server.http,
	signal: "logs",
	perRequest: 100,
	connections: 16,
	inFlight: 4,
	requests: events / 100,
	days: 28,
});
await server.settle();
await server.stop(true);

const session = new Session(join(server.data, "engine"));
const ask = <Row>(sql: string): Row[] => {
	const text = session.query(sql, "JSONEachRow");
	return text
		.split("\n")
		.filter(Boolean)
		.map((line) => JSON.parse(line) as Row);
};
session.query("OPTIMIZE TABLE events FINAL");
const active = "database = currentDatabase() AND table = 'events' AND active";
type Total = { rows: number; bytes: number; raw: number };
const [total] = ask<Total>(
	`SELECT toFloat64(sum(rows)) AS rows, toFloat64(sum(bytes_on_disk)) AS bytes, toFloat64(sum(data_uncompressed_bytes)) AS raw FROM system.parts WHERE ${active}`,
);
const columns = ask<{ column: string; bytes: number }>(
	`SELECT column, toFloat64(sum(column_data_compressed_bytes + column_marks_bytes)) AS bytes FROM system.parts_columns WHERE ${active} GROUP BY column ORDER BY bytes DESC LIMIT 15`,
);
session.close();
rmSync(server.data, { recursive: true, force: true });
const { rows, bytes, raw } = total!;
print("bytes", [
	{ what: "on the wire (protobuf)", "bytes an event": rounded(sent.bytes / sent.records) },
	{ what: "in columns, before compression", "bytes an event": rounded(raw / rows) },
	{ what: "on disk, with all indexes", "bytes an event": rounded(bytes / rows) },
	...columns.map((each) => ({ what: `  ${each.column}`, "bytes an event": rounded(each.bytes / rows, 2) })),
]);
