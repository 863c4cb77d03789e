import { Button } from "@mantine/core";
import type { DifferingSession } from "@purser/api";
import { IconCircleCheck } from "@tabler/icons-react";
import { useState } from "react";
import { pluralize } from "../format/labels.ts";
import classes from "./differing.module.css";
import { DifferingRow } from "./differing-row.tsx";
import { Section } from "./section.tsx";

/** At first: the largest differences are what matters. */
const first = 10;

interface Props {
	sessions: readonly DifferingSession[] | undefined;
	stale: boolean;
}

/** Lists the sessions of which the two sources differ, and the reasons. */
export function DifferingSessions({ sessions, stale }: Props) {
	const [all, setAll] = useState(false);
	const shown = all ? sessions : sessions?.slice(0, first);
	return (
		<Section
			title="Sessions that differ"
			explains="Each session whose counters report another cost, or another number of tokens, than its requests; also those of which one source has no records. The difference is counters less requests."
			loading={!sessions}
			stale={stale}
			height={240}
		>
			{sessions?.length === 0 ? (
				<p className={classes.good}>
					<IconCircleCheck size={18} stroke={1.7} aria-hidden />
					Nothing differs, which is good news: each session's counters and requests agree.
				</p>
			) : (
				<>
					<table className={classes.sessions}>
						<caption className="out-of-sight">Sessions that differ, the largest difference first</caption>
						<thead>
							<tr>
								<th scope="col">session</th>
								<th scope="col" data-numeric>
									requests
								</th>
								<th scope="col" data-numeric>
									counters
								</th>
								<th scope="col" data-numeric>
									difference
								</th>
								<th scope="col">why</th>
								<th scope="col">records</th>
							</tr>
						</thead>
						<tbody>
							{shown?.map((session) => (
								<DifferingRow key={session.session} session={session} />
							))}
						</tbody>
					</table>
					{sessions && sessions.length > first && (
						<Button className={classes.all} size="compact-sm" variant="default" aria-expanded={all} onClick={() => setAll(!all)}>
							{all ? `Only the ${first} largest differences` : `Show all ${pluralize(sessions.length, "session", "sessions")}`}
						</Button>
					)}
				</>
			)}
		</Section>
	);
}
