import type { Inputs } from "./inputs.ts";

/** Errors of ClickHouse that are its own, and not the statement's. */
const faults: ReadonlySet<string> = new Set(["49", "173", "1000", "1001", "1002", "210"]);

/** SQL of others, made of pieces that are allowed, refused, and none; and parameters and settings of any name. */
export const statements: Inputs = async (random, target) => {
	const { secretPath, outPath } = target;
	const text = () => `'${random.text().replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
	const name = () =>
		random.of([
			"event",
			"time",
			"cost_usd",
			"attributes",
			"session_id",
			"x",
			`\`${random.text()}\``,
			`"${random.text()}"`,
			"*",
			"number",
		]);
	const reader = () =>
		random.of([
			"file",
			"FILE",
			"`file`",
			"url",
			"s3",
			"executable",
			"remote",
			"sleep",
			"dictGet",
			"getSetting",
			"catboostEvaluate",
			"eval",
			"view",
			"values",
			"merge",
			"input",
		]);
	const call = (depth: number): string =>
		`${random.of(["count", "sum", "toString", "length", "arrayMap", "if", "sumIf", "quantile(0.9)", "arrayJoin", "JSONExtract", reader(), random.text()])}(${random.list(3, () => value(depth + 1)).join(", ")})`;
	const value = (depth = 0): string => {
		if (depth > 4) return "1";
		switch (random.below(10)) {
			case 0:
				return text();
			case 1:
				return `'${secretPath}'`;
			case 2:
				return String(random.below(1000) - 500);
			case 3:
				return `(${select(depth + 1)})`;
			case 4:
				return `x -> ${value(depth + 1)}`;
			case 5:
				return `{${random.of(["a", "b", random.text()])}:${random.of(["String", "UInt8", "Identifier", "Array(String)", random.text()])}}`;
			case 6:
				return `[${random.list(3, () => value(depth + 1)).join(", ")}]`;
			case 7:
				return reader();
			case 8:
				return name();
			default:
				return call(depth + 1);
		}
	};
	const source = (depth: number): string =>
		random.of([
			"events",
			"points",
			"spans",
			"default.events",
			"system.one",
			"system.tables",
			"system.processes",
			"system.users",
			`'${secretPath}'`,
			`\`${secretPath}\``,
			`file('${secretPath}', 'LineAsString')`,
			`url('http://${target.web}/', 'LineAsString')`,
			"numbers(10)",
			depth < 3 ? `(${select(depth + 1)})` : "numbers(1)",
			name(),
		]);
	const select = (depth = 0): string =>
		[
			random.oneIn(6) ? `WITH ${value(depth + 1)} AS w` : "",
			`SELECT ${random.of(["", "DISTINCT"])} ${random.list(3, () => `${value(depth + 1)}${random.oneIn(4) ? ` AS ${name()}` : ""}`).join(", ") || "1"}`,
			random.oneIn(8) ? `${random.of(["APPLY", "REPLACE", "EXCEPT"])}(${value(depth + 1)})` : "",
			random.oneIn(3) ? "" : `FROM ${source(depth)}`,
			random.oneIn(5) ? `WHERE ${value(depth + 1)} IN ${random.of([source(depth + 1), value(depth + 1)])}` : "",
			random.oneIn(6) ? `GROUP BY ${name()}` : "",
			random.oneIn(6) ? `ORDER BY ${name()}` : "",
			`LIMIT ${random.below(5)}`,
			random.oneIn(10) ? `SETTINGS ${name()} = ${value(depth + 1)}` : "",
			random.oneIn(10) ? `INTO OUTFILE '${outPath}'` : "",
			random.oneIn(6) ? `FORMAT ${random.of(["JSON", "CSV", "Template", "Protobuf", name()])}` : "",
		].join(" ");
	const other = (): string =>
		random.of([
			`INSERT INTO events (event) VALUES (${value()})`,
			`INSERT INTO FUNCTION file('${outPath}', 'CSV', 'a String') VALUES ('x')`,
			`CREATE TABLE ${name()} (a String) ENGINE = File(CSV, '${outPath}')`,
			"ALTER TABLE events DELETE WHERE 1",
			"DROP TABLE events",
			"SYSTEM SHUTDOWN",
			`SET ${name()} = ${value()}`,
			`SHOW TABLES WHERE ${value()}`,
			`SHOW CREATE TABLE ${name()}`,
			`DESCRIBE ${source(0)}`,
			`EXPLAIN ${random.of(["", "AST", "SYNTAX", "QUERY TREE"])} ${select()}`,
			`EXISTS TABLE ${name()}`,
			"KILL QUERY WHERE 1",
			"BACKUP TABLE events TO File('x')",
			random.text(),
		]);
	const statement = (): string => {
		const one = random.oneIn(4) ? other() : select();
		if (random.oneIn(8)) return `${one}; ${other()}`;
		if (random.oneIn(8))
			return `${one.slice(0, random.below(one.length + 1))}${random.of(["--", "/*", "#", "'", "`", "$$", "\0", random.text()])}${one.slice(random.below(one.length + 1))}`;
		return one;
	};
	return () => {
		const query = new URLSearchParams();
		if (random.oneIn(3)) query.append(random.of(["param_a", "param_b", `param_${random.text()}`]), random.text());
		if (random.oneIn(6))
			query.append(
				random.of(["max_threads", "readonly", "session_timezone", "default_format", "database", random.text()]),
				random.text(),
			);
		const body = statement();
		const address = `http://${target.sql}/?${query}`;
		return {
			what: `${address}\n${body}`,
			run: async () => {
				const response = await fetch(address, { method: "POST", body });
				const answer = await response.text();
				if (answer.includes(target.secret)) return "the secret was disclosed";
				const [, code] = /^Code: (\d+)/.exec(answer) ?? [];
				if (response.status === 200 || response.status === 431 || (code !== undefined && !faults.has(code))) return undefined;
				return `status ${response.status}: ${answer.slice(0, 300)}`;
			},
		};
	};
};
