import { type Organization, sessionsOf } from "./days.ts";
import { versionOf } from "./happenings.ts";
import type { Person } from "./organization.ts";
import { type Destination, Teller } from "./teller.ts";

/** People that report at the same time. */
const atOnce = 12;

export type Told = { readonly sessions: number; readonly events: number; readonly points: number; readonly lost: number };

/** Tells so many days up to now, person by person. `onProgress` is given the share that is done. */
export async function tellHistory(
	organization: Organization,
	days: number,
	destination: Destination,
	onProgress: (share: number) => void,
): Promise<Told> {
	const waiting = [...organization.people];
	const all: Told[] = [];
	let daysDone = 0;
	const onDay = () => {
		daysDone += 1;
		onProgress(daysDone / (organization.people.length * days));
	};
	const work = async () => {
		for (let person = waiting.shift(); person; person = waiting.shift()) {
			all.push(await tellPerson(organization, person, days, destination, onDay));
		}
	};
	await Promise.all(Array.from({ length: atOnce }, work));
	const sum = (of: (told: Told) => number) => all.reduce((total, told) => total + of(told), 0);
	return {
		sessions: sum(({ sessions }) => sessions),
		events: sum(({ events }) => events),
		points: sum(({ points }) => points),
		lost: sum(({ lost }) => lost),
	};
}

async function tellPerson(
	organization: Organization,
	person: Person,
	days: number,
	destination: Destination,
	onDay: () => void,
): Promise<Told> {
	const place = organization.people.indexOf(person);
	const tellers: Teller[] = [];
	let sessions = 0;
	for (let daysAgo = days - 1; daysAgo >= 0; daysAgo--) {
		for (const session of sessionsOf(organization, person, daysAgo)) {
			// Another version is another process.
			if (tellers.at(-1)?.version !== versionOf(person, daysAgo)) tellers.push(new Teller(person, daysAgo, destination, place));
			await tellers.at(-1)!.tellAll(session);
			sessions += 1;
		}
		onDay();
	}
	for (const teller of tellers) await teller.close();
	const of = (signal: "logs" | "metrics", member: "exported" | "failed" | "dropped") =>
		tellers.reduce((total, teller) => total + (teller.status()[signal]?.[member] ?? 0), 0);
	return {
		sessions,
		events: of("logs", "exported"),
		points: of("metrics", "exported"),
		lost: of("logs", "failed") + of("logs", "dropped") + of("metrics", "failed"),
	};
}
