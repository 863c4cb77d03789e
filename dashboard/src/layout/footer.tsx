import { useStatus } from "../api/status.ts";
import { useConnection } from "../api/stream.ts";
import classes from "./footer.module.css";

/** Shows Purser's version, and if the page is live. */
export function Footer() {
	const status = useStatus();
	const { disconnectedSince } = useConnection();
	const store = status.data?.store.state;
	const state =
		disconnectedSince !== undefined
			? "away"
			: store === undefined
				? "connecting"
				: store === "ready"
					? "up to date"
					: `store ${store}`;
	return (
		<div className={classes.foot}>
			<span className={classes.state} data-good={state === "up to date" || undefined}>
				{state}
			</span>
			<span>{status.data ? `Purser ${status.data.version}` : "\u00a0"}</span>
		</div>
	);
}
