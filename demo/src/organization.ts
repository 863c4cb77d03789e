import { createRandom, hex, pick, type Random, uuid } from "./random.ts";

type Team = {
	readonly id: string;
	readonly department: string;
	readonly costCenter: string;
	readonly manager: string;
	readonly people: number;
	/** Usage of the agent relative to the average of 1. */
	readonly usageFactor: number;
	readonly repositories: readonly string[];
	readonly zones: readonly string[];
};

const berlin = "Europe/Berlin";
const newYork = "America/New_York";
const california = "America/Los_Angeles";
const india = "Asia/Kolkata";

const teams: readonly Team[] = Object.freeze([
	team("platform", "engineering", "eng-210", 9, 1.25, ["infra", "build-tools", "identity"], [berlin, newYork]),
	team("payments", "engineering", "eng-220", 8, 1, ["ledger", "checkout"], [berlin, india]),
	team("mobile", "engineering", "eng-230", 7, 0.8, ["app-ios", "app-android"], [california, india]),
	team("web", "engineering", "eng-240", 7, 0.9, ["storefront", "checkout"], [newYork, berlin]),
	team("data", "analytics", "ana-110", 5, 0.7, ["warehouse"], [california]),
	team("security", "operations", "ops-130", 4, 0.5, ["identity"], [berlin, newYork]),
]);

function team(
	id: string,
	department: string,
	costCenter: string,
	people: number,
	usageFactor: number,
	repositories: readonly string[],
	zones: readonly string[],
): Team {
	return Object.freeze({
		id,
		department,
		costCenter,
		manager: `lead.${id}@example.com`,
		people,
		usageFactor: usageFactor,
		repositories,
		zones,
	});
}

/** The role of a special person: see incidents.ts. */
type Role = "spender" | "silent" | "starter" | "counters-only" | "never-seen";

export type Person = {
	readonly email: string;
	readonly name: string;
	readonly userId: string;
	readonly accountUuid: string;
	readonly team: Team;
	readonly zone: string;
	readonly usageFactor: number;
	/** Days before today on which they began; before the history for most. */
	readonly beganDaysAgo: number;
	readonly terminal: string;
	readonly entrypoint: string;
	readonly usesMcp: boolean;
	readonly role?: Role;
};

export const organizationId = "6f1d9a52-3c0e-4a53-9d0b-8a1f6b0c2e77";

const first =
	"ana ben cleo dara elif finn gita hugo ines jonas kaya liam mina noor olga pavel rosa sami tara uwe vera wim yara zeno".split(
		" ",
	);
const last = "abel brandt costa dietz ekman fuchs grau holm iqbal jansen klein lopez meyer novak okafor petit".split(" ");
const capital = (word: string) => word[0]!.toUpperCase() + word.slice(1);

/** Everybody, the same for the same seed. `scale` people for each one of the usual forty. */
export function peopleOf(seed: number, scale = 1): Person[] {
	const random = createRandom(seed, "people");
	const names = first.flatMap((name) => last.map((family): [string, string] => [name, family]));
	const nextName = (n: number): [string, string] => {
		const [name, family] = names.splice(Math.floor(random() * names.length), 1)[0] ?? [
			pick(random, first),
			`${pick(random, last)}${n}`,
		];
		return [name, family];
	};
	return teams.flatMap((own) =>
		Array.from({ length: Math.max(1, Math.round(own.people * scale)) }, (_, i) => {
			const [name, family] = nextName(i);
			const role = roleOf(own.id, i);
			return Object.freeze({
				email: `${name}.${family}@example.com`,
				name: `${capital(name)} ${capital(family)}`,
				userId: hex(random, 64),
				accountUuid: uuid(random),
				team: own,
				zone: own.zones[i % own.zones.length]!,
				usageFactor: own.usageFactor * (0.4 + random() * 1.2),
				beganDaysAgo: role === "starter" ? 5 + Math.floor(random() * 12) : random() < 0.8 ? 365 : Math.floor(20 + random() * 60),
				terminal: pick(random, ["vscode", "vscode", "iTerm.app", "ghostty", "tmux"]),
				entrypoint: pick(random, ["cli", "cli", "cli", "claude-vscode", "sdk-cli"]),
				usesMcp: random() < 0.45,
				...(role && { role }),
			});
		}),
	);
}

/** Roles follow the place in the team, so that each organization has them. */
function roleOf(teamId: string, place: number): Role | undefined {
	const roles: Readonly<Record<string, Role>> = {
		"data 1": "spender",
		"web 2": "silent",
		"mobile 3": "starter",
		"payments 4": "starter",
		"platform 5": "starter",
		"security 2": "counters-only",
		"data 3": "never-seen",
		"payments 6": "never-seen",
	};
	return roles[`${teamId} ${place}`];
}

/** The directory file of it, as `--directory` takes it (docs/people.md). */
export function directoryOf(people: readonly Person[], today: Date): string {
	const start = (daysAgo: number) => new Date(today.getTime() - daysAgo * 86_400_000).toISOString().slice(0, 10);
	const rows = people.map(({ email, name, team: { id, department, costCenter, manager }, beganDaysAgo }) =>
		[email, name, id, department, costCenter, manager, start(Math.max(beganDaysAgo, 1))].join(","),
	);
	return `${["person,name,team,department,cost_center,manager,start_date", ...rows].join("\n")}\n`;
}

export const randomOfPerson = (seed: number, { email }: Person, day: string): Random => createRandom(seed, email, day);
