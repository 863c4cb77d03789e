import { expect, test } from "vitest";
import { type IdentityObservation, resolveIdentities } from "./identity.ts";

const none = { user_email: "", enduser: "", user_account_uuid: "", user_account_id: "", user_id: "", last_seen: 1 };
const join = (...sightings: Partial<IdentityObservation>[]) =>
	Object.fromEntries(resolveIdentities(sightings.map((each) => ({ ...none, ...each }))));

test("what was seen with an e-mail is that person", () => {
	expect(join({ user_email: "ada@x", user_account_uuid: "a1", user_account_id: "user_1", user_id: "i1" })).toEqual({
		a1: "ada@x",
		user_1: "ada@x",
		i1: "ada@x",
	});
});

test("through an account that both were seen with", () => {
	expect(join({ user_email: "ada@x", user_account_uuid: "a1" }, { user_account_uuid: "a1", user_id: "i1" })).toEqual({
		a1: "ada@x",
		i1: "ada@x",
	});
});

test("an account whose e-mail changed is one person, called by the latest", () => {
	expect(
		join(
			{ user_email: "ada@old", user_account_uuid: "a1", last_seen: 1 },
			{ user_email: "ada@new", user_account_uuid: "a1", last_seen: 2 },
		),
	).toEqual({ "ada@old": "ada@new", a1: "ada@new" });
});

test("an e-mail is the same however its letters are cased", () => {
	expect(join({ user_email: "Ada@X", user_id: "i1" }, { user_email: "ada@x", user_id: "i2" }, { user_email: "ADA@x" })).toEqual({
		"Ada@X": "ada@x",
		"ADA@x": "ada@x",
		i1: "ada@x",
		i2: "ada@x",
	});
	expect(join({ user_email: "Ada@X", user_id: "i1" }, { user_email: "ada@x", user_id: "i1" })["i1"]).toBe("ada@x");
});

test("an installation that two people use links no people", () => {
	expect(join({ user_email: "ada@x", user_id: "i1" }, { user_email: "bob@x", user_id: "i1" })).toEqual({});
});

test("an enduser.id that is a team's name links no people", () => {
	expect(
		join(
			{ user_email: "ada@x", enduser: "platform", user_id: "i1" },
			{ user_email: "bob@x", enduser: "platform", user_id: "i2" },
		),
	).toEqual({ i1: "ada@x", i2: "bob@x" });
});

test("without an e-mail a person is the enduser.id, else the account", () => {
	expect(join({ enduser: "ada", user_id: "i1" })).toEqual({ i1: "ada" });
	expect(join({ user_account_uuid: "a1", user_account_id: "user_1", user_id: "i1" })).toEqual({ user_1: "a1", i1: "a1" });
	expect(join({ enduser: "ada", user_account_uuid: "a1" })).toEqual({ a1: "ada" });
});

test("the order in which they were seen changes nothing", () => {
	const sightings = [
		{ user_email: "ada@x", user_account_uuid: "a1" },
		{ user_account_uuid: "a1", user_account_id: "user_1" },
		{ user_account_id: "user_1", user_id: "i1" },
		{ user_email: "bob@x", user_id: "i2" },
	];
	expect(join(...sightings.toReversed())).toEqual(join(...sightings));
	expect(join(...sightings)).toEqual({ a1: "ada@x", user_1: "ada@x", i1: "ada@x", i2: "bob@x" });
});
