import type { Status } from "@purser/api";
import { instant } from "../format/instant.ts";
import { readerZone } from "../url/zone.ts";
import classes from "./setup.module.css";

/** Lists rejected requests as they happen. Empty when there are none. */
export function Refusals({ status }: { status: Status | undefined }) {
	const refusals = status?.refusals ?? [];
	if (refusals.length === 0) return null;
	return (
		<section>
			<h2 className={classes.heading}>Refused</h2>
			<ul className={classes.refusals} aria-live="polite">
				{refusals.slice(0, 6).map(({ at, listener, status: code, reason }) => (
					<li key={`${at} ${listener} ${reason}`}>
						<span className={classes.quiet}>{instant(at, "second", readerZone())}</span>
						<span>
							{listener} {code}: {reason}
						</span>
					</li>
				))}
			</ul>
		</section>
	);
}
