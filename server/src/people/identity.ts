/** Identifiers that one record carried together, and when it was last seen. Empty where it had none. */
export type IdentityObservation = {
	readonly user_email: string;
	readonly enduser: string;
	readonly user_account_uuid: string;
	readonly user_account_id: string;
	readonly user_id: string;
	/** Unix time in seconds. */
	readonly last_seen: number;
};

/** Identifiers in the order of R9: a person is named by the first known one. */
const ranks = ["user_email", "enduser", "user_account_uuid", "user_account_id", "user_id"] as const;
type Kind = (typeof ranks)[number];
/** An account is one human's, whatever e-mail it had. */
const union: readonly Kind[] = ["user_email", "user_account_uuid", "user_account_id"];
/** An installation may be used by several humans, and an enduser.id may name a team: they join only where they name one. */
const links: readonly Kind[] = ["enduser", "user_id"];

type Node = { readonly kind: Kind; readonly value: string; lastSeen: number; parent: Node | undefined };

/**
 * Resolves identities: maps the name that a record shows (its best identifier) to the person's name (the best identifier ever
 * seen with it, the latest of several, an e-mail in lower case). Only names that differ are returned.
 */
export function resolveIdentities(sightings: readonly IdentityObservation[]): Map<string, string> {
	const nodes = new Map<string, Node>();
	const nodeOf = (kind: Kind, value: string, lastSeen: number): Node => {
		const key = `${kind} ${value}`;
		let node = nodes.get(key);
		if (!node) {
			node = { kind, value, lastSeen, parent: undefined };
			nodes.set(key, node);
		}
		node.lastSeen = Math.max(node.lastSeen, lastSeen);
		return node;
	};
	const seen = sightings.map((sighting) => ({
		of: (kinds: readonly Kind[]) =>
			kinds.filter((kind) => sighting[kind] !== "").map((kind) => nodeOf(kind, sighting[kind], sighting.last_seen)),
	}));
	for (const { of } of seen) {
		const [first, ...others] = of(union);
		for (const other of others) unite(first!, other);
	}
	const spelled = Map.groupBy(nodes.values(), nameOf);
	for (const [first, ...others] of spelled.values()) {
		for (const other of others) if (first!.kind === "user_email" && other.kind === first!.kind) unite(first!, other);
	}
	const pointed = new Map<Node, Set<Node>>();
	for (const { of } of seen) {
		const [whose] = of(union);
		for (const node of of(links)) {
			const targets = pointed.get(node) ?? new Set();
			if (whose) targets.add(rootOf(whose));
			pointed.set(node, targets);
		}
	}
	const best = bestOf([...nodes.values()].filter(({ kind }) => union.includes(kind)));
	for (const [node, [only, ...others]] of pointed) {
		// The accounts have no e-mail: an enduser.id is the better name.
		if (only && others.length === 0) better(best, only, node);
	}
	const names = new Map<string, string>();
	for (const node of nodes.values()) {
		const so = best.get(rootOf(node));
		const name = so && nameOf(so);
		if (union.includes(node.kind) && name && name !== node.value) names.set(node.value, name);
	}
	for (const [{ value }, [only, ...others]] of pointed) {
		const name = only && others.length === 0 ? nameOf(best.get(only)!) : value;
		if (name !== value) names.set(value, name);
	}
	// An installation that never showed an account, but always the same enduser.id.
	for (const [value, name] of endusersOf(sightings)) if (!names.has(value)) names.set(value, names.get(name) ?? name);
	return names;
}

/** E-mail addresses that differ only in case are the same. */
export const inLowerCase = (email: string): string => email.toLowerCase();
const nameOf = ({ kind, value }: Node): string => (kind === "user_email" ? inLowerCase(value) : value);

function endusersOf(sightings: readonly IdentityObservation[]): Map<string, string> {
	const endusers = new Map<string, Set<string>>();
	for (const { user_id, enduser } of sightings) {
		if (user_id !== "" && enduser !== "") endusers.set(user_id, (endusers.get(user_id) ?? new Set()).add(enduser));
	}
	return new Map([...endusers].filter(([, names]) => names.size === 1).map(([value, names]) => [value, [...names][0]!]));
}

function rootOf(node: Node): Node {
	let root = node;
	while (root.parent) root = root.parent;
	for (let at = node; at !== root; ) {
		const next: Node = at.parent!;
		at.parent = root;
		at = next;
	}
	return root;
}

function unite(a: Node, b: Node): void {
	const from = rootOf(a);
	const to = rootOf(b);
	if (from !== to) from.parent = to;
}

/** Chooses, for each root of linked nodes, the one of the first rank, and of these the one seen last. */
function bestOf(nodes: readonly Node[]): Map<Node, Node> {
	const best = new Map<Node, Node>();
	for (const node of nodes) better(best, rootOf(node), node);
	return best;
}

function better(best: Map<Node, Node>, root: Node, node: Node): void {
	const so = best.get(root);
	const rank = so ? ranks.indexOf(node.kind) - ranks.indexOf(so.kind) : -1;
	const isLater = so && (node.lastSeen > so.lastSeen || (node.lastSeen === so.lastSeen && node.value < so.value));
	if (rank < 0 || (rank === 0 && isLater)) best.set(root, node);
}
