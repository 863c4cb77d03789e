import { setTimeout as sleep } from "node:timers/promises";
import { dayIn, midnightOf, weekdayOf } from "./calendar.ts";
import { type Destination, Emitter } from "./emitter.ts";
import { reports } from "./incidents.ts";
import type { Person } from "./organization.ts";
import { createRandom, pickWeighted } from "./random.ts";
import { sessionOf } from "./session.ts";

/** Number of concurrent sessions: with fewer the organization looks empty. */
const running = 4;
const flushMs = 2000;

/** Emits sessions from now on until it is stopped: as they happen, of people who are likely to be at work. */
export async function emitLive(
	people: readonly Person[],
	seed: number,
	destination: Destination,
	signal: AbortSignal,
): Promise<void> {
	const one = async (place: number): Promise<void> => {
		const random = createRandom(seed, "live", place, Date.now());
		// They have begun at different times.
		let isFirst = true;
		while (!signal.aborted) {
			const person = pickWeighted(
				random,
				people.map((each) => ({ each, weight: likely(each) })),
			).each;
			const startMs = Date.now() - (isFirst ? random() * 60_000 : 0);
			isFirst = false;
			const { emissions } = sessionOf({ person, daysAgo: 0, startMs, prompts: 1 + Math.floor(random() * 4), turns: 6, random });
			const emitter = new Emitter(person, 0, destination, people.indexOf(person));
			const flushing = setInterval(() => void emitter.flush(), flushMs);
			for (const act of emissions) {
				await sleep(Math.max(0, act.atMs - Date.now()), undefined, { signal }).catch(() => undefined);
				if (signal.aborted) break;
				emitter.emit(act);
			}
			clearInterval(flushing);
			await emitter.close();
		}
	};
	await Promise.all(Array.from({ length: running }, (_, place) => one(place)));
}

/** The weight of a person in their working time; a little at other times. */
function likely(person: Person): number {
	if (!reports(person, 0)) return 0;
	const now = Date.now();
	const day = dayIn(person.zone, now);
	const hour = (now - midnightOf(day, person.zone)) / 3_600_000;
	const isWorking = hour >= 8 && hour < 18 && weekdayOf(day) <= 5;
	return person.usageFactor * (isWorking ? 20 : hour >= 7 && hour < 23 ? 1 : 0.05);
}
