import { expect, test } from "vitest";
import {
	as,
	bind,
	column,
	columns,
	identifier,
	join,
	literal,
	parameter,
	quoted,
	renamed,
	render,
	type Sql,
	sql,
} from "./sql.ts";

const text = (piece: Sql): string => render(piece, undefined).query;

test("a template takes SQL and numbers, and nothing else", () => {
	expect(text(sql`SELECT ${sql`a + ${2}`} FROM ${identifier("events")} LIMIT ${10.5}`)).toBe(
		"SELECT a + 2 FROM `events` LIMIT 10.5",
	);
	const hostile = "1; DROP TABLE events" as unknown as Sql;
	for (const value of [hostile, undefined, null, ["a"], { parts: ["1"], columns: new Set() }, true] as unknown as Sql[])
		expect(() => sql`SELECT ${value}`).toThrow(TypeError);
	expect(() => join([hostile])).toThrow(TypeError);
	for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) expect(() => sql`SELECT ${value}`).toThrow(RangeError);
	expect(() => (sql as unknown as (text: string[]) => Sql)(["SELECT 1"])).toThrow("a template's tag");
});

test("a parameter stands in no text", () => {
	expect(() => sql`SELECT {name:String}`).toThrow("bind or parameter");
});

test("what is bound is in no text, and equal values are one parameter", () => {
	const piece = sql`a = ${bind("x' OR 1")} OR b = ${bind("x' OR 1")} OR c IN ${bind(["x", "y"], "Array(String)")}`;
	expect(render(piece, {})).toEqual({
		query: "a = {bound_0:String} OR b = {bound_0:String} OR c IN {bound_1:Array(String)}",
		parameters: { bound_0: "x' OR 1", bound_1: ["x", "y"] },
	});
	expect(() => bind("x", "String} OR {y:String")).toThrow(TypeError);
});

test("parameters are given by their names, and another name can be put in their place", () => {
	const piece = sql`time >= ${parameter("from", "DateTime")}`;
	expect(render(piece, { from: "2026-11-01", unused: "1" })).toEqual({
		query: "time >= {from:DateTime}",
		parameters: { from: "2026-11-01" },
	});
	expect(() => render(piece, {})).toThrow("the parameter from is missing");
	expect(() => render(sql`${parameter("toString", "String")}`, {})).toThrow("toString is missing");
	expect(text(renamed(piece, { from: "earlier" }))).toBe("time >= {earlier:DateTime}");
});

test("an identifier is a plain name, or none", () => {
	expect(text(as(identifier("a"), "b-c"))).toBe("`a` AS `b-c`");
	for (const name of ["", "1a", "a`b", "a\\", "a b", "a;b", "ä", "a\n", "a'", "x".repeat(129)])
		expect(() => identifier(name), name).toThrow("as an identifier");
});

test("a piece knows the columns it reads", () => {
	const { event, value } = columns("event", "value");
	const piece = sql`SELECT ${join([sql`${event} = ${literal("x")}`, value])} WHERE ${column("time")} > ${identifier("other")}`;
	expect([...piece.columns]).toEqual(["event", "value", "time"]);
});

test("a literal is one text for the engine, whatever is in it", () => {
	expect(quoted("it's \\ a\n\r\t\0b")).toBe(String.raw`'it\'s \\ a\n\r\t\0b'`);
	expect(text(literal("a`b"))).toBe("'a`b'");
});
