import { type Organization, sessionsOf } from "./daily-sessions.ts";
import { type Destination, Emitter } from "./emitter.ts";
import { versionOf } from "./incidents.ts";
import type { Person } from "./organization.ts";

/** People that report at the same time. */
const atOnce = 12;

export type HistoryResult = {
	readonly sessions: number;
	readonly events: number;
	readonly points: number;
	readonly lost: number;
};

/**
 * Emits so many days up to now, day by day, so that a viewer sees the organization grow. `onProgress` is called with the share
 * that is done.
 */
export async function emitHistory(
	organization: Organization,
	days: number,
	destination: Destination,
	onProgress: (share: number) => void,
): Promise<HistoryResult> {
	const { people } = organization;
	const tellers = new Map<Person, Emitter>();
	const closed: Emitter[] = [];
	let sessions = 0;
	const emitDay = async (person: Person, daysAgo: number) => {
		for (const session of sessionsOf(organization, person, daysAgo)) {
			const known = tellers.get(person);
			// Another version is another process.
			const isSame = known?.version === versionOf(person, daysAgo);
			const emitter = isSame ? known : new Emitter(person, daysAgo, destination, people.indexOf(person));
			tellers.set(person, emitter);
			if (known && !isSame) {
				await known.close();
				closed.push(known);
			}
			await emitter.emitAll(session);
			sessions += 1;
		}
	};
	for (let daysAgo = days - 1; daysAgo >= 0; daysAgo--) {
		const waiting = [...people];
		const work = async () => {
			for (let person = waiting.shift(); person; person = waiting.shift()) await emitDay(person, daysAgo);
		};
		await Promise.all(Array.from({ length: atOnce }, work));
		onProgress(1 - daysAgo / days);
	}
	await Promise.all([...tellers.values()].map((emitter) => emitter.close()));
	const all = [...closed, ...tellers.values()];
	const sum = (signal: "logs" | "metrics", member: "exported" | "failed" | "dropped") =>
		all.reduce((total, emitter) => total + (emitter.status()[signal]?.[member] ?? 0), 0);
	return {
		sessions,
		events: sum("logs", "exported"),
		points: sum("metrics", "exported"),
		lost: sum("logs", "failed") + sum("logs", "dropped") + sum("metrics", "failed"),
	};
}
