import { dayIn, daysFrom, isHoliday, midnightOf, weekdayOf } from "./calendar.ts";
import { incidents, reports } from "./incidents.ts";
import { type Person, randomOfPerson } from "./organization.ts";
import type { Random } from "./random.ts";
import { type Session, sessionOf } from "./session.ts";

const hourMs = 3_600_000;
/** Mondays begin slowly, Fridays end early. */
const weekdayFactors = [0, 0.95, 1.05, 1.1, 1.05, 0.8, 0.5, 0.5];

export type Organization = { readonly people: readonly Person[]; readonly seed: number; readonly nowMs: number };

/** Returns a person's sessions on the day so many days before today, up to now. Today's later sessions are left out. */
export function sessionsOf({ seed, nowMs }: Organization, person: Person, daysAgo: number): Session[] {
	if (!reports(person, daysAgo)) return [];
	const day = daysFrom(dayIn(person.zone, nowMs), -daysAgo);
	const random = randomOfPerson(seed, person, day);
	const weekday = weekdayOf(day);
	const isFree = weekday > 5 || isHoliday(day, person.zone);
	// Some are away, few work at weekends.
	const isAway = random() > (isFree ? 0.06 : 0.87);
	const midnight = midnightOf(day, person.zone);
	const sessions = isAway ? [] : usual(person, daysAgo, midnight, (isFree ? 0.6 : 1) * weekdayFactors[weekday]!, random);
	const all = isSpike(person, daysAgo) ? [...sessions, ...loop(person, daysAgo, midnight, random)] : sessions;
	return all.flatMap((session) => {
		const emissions = session.emissions.filter(({ atMs }) => atMs < nowMs);
		return emissions.length > 0 ? [{ ...session, emissions }] : [];
	});
}

function usual(person: Person, daysAgo: number, midnight: number, mood: number, random: Random): Session[] {
	// A new user finds out what the agent is good for; every other user uses it a little more each week.
	const tenure = Math.min(1, (person.beganDaysAgo - daysAgo + 3) / 12);
	const growth = 1.25 - daysAgo * 0.005;
	const count = Math.max(1, Math.round(person.usageFactor * mood * tenure * growth * (0.6 + random() * 2)));
	return Array.from({ length: count }, () =>
		sessionOf({
			person,
			daysAgo,
			startMs: midnight + 8 * hourMs + (random() + random()) * 4.6 * hourMs,
			prompts: 1 + Math.floor(random() ** 1.4 * 8),
			turns: 9,
			random,
		}),
	);
}

const isSpike = ({ role }: Person, daysAgo: number): boolean => role === "spender" && daysAgo === incidents.spikeDaysAgo;

/** An agent in a loop: through the night, with the whole context each time. */
const loop = (person: Person, daysAgo: number, midnight: number, random: Random): Session[] =>
	Array.from({ length: 4 }, (_, i) =>
		sessionOf({ person, daysAgo, startMs: midnight + (10 + i * 2.5) * hourMs, prompts: 14, turns: 26, random }),
	);
