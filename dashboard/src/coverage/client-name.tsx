import { Link } from "wouter";
import { shortId, valueLabel } from "../format/labels.ts";
import { liveAddress } from "../url/live-address.ts";
import classes from "./coverage.module.css";

interface Named {
	person: string;
	installation: string;
}

/** Returns a person's installation, where the person has another name than it. */
export const installationOf = ({ person, installation }: Named): string =>
	installation === person || installation === "" ? "" : shortId(installation);

/** People with more than one installation: only of them it must be said which. */
export function severalOf(clients: readonly Named[]): ReadonlySet<string> {
	const counts = Map.groupBy(clients, ({ person }) => person);
	return new Set([...counts].filter(([, own]) => own.length > 1).map(([person]) => person));
}

export const nameOf = (client: Named): string => (client.person === "" ? "without a name" : valueLabel("person", client.person));

/** A client, leading to its last events. */
export function ClientName({ client, before }: { client: Named; before: string }) {
	const until = new Date(Date.parse(before) + 1).toISOString();
	const secondary = installationOf(client);
	return (
		<span className={classes.who}>
			<Link
				href={liveAddress({ person: client.person, to: until })}
				title={`The last events of ${client.person} until ${before}`}
			>
				{nameOf(client)}
			</Link>
			{secondary !== "" && (
				<span className={classes.small} title={client.installation}>
					installation {secondary}
				</span>
			)}
		</span>
	);
}
