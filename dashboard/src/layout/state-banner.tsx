import type { Status } from "@purser/api";
import { type ReactNode, useEffect, useState } from "react";
import { useStatus } from "../api/status.ts";
import { useConnection } from "../api/stream.ts";
import { ago } from "../format/duration.ts";
import { instant } from "../format/instant.ts";
import { compactNumber } from "../format/number.ts";
import { readerZone } from "../url/zone.ts";
import classes from "./state-banner.module.css";

/** Whatever keeps the numbers from being current, said where it cannot be missed. Nothing when nothing does. */
export function StateBanner() {
	const { disconnectedSince } = useConnection();
	const status = useStatus();
	const error = status.data && errorIn(status.data);
	return (
		<>
			{status.data?.demo && <Demo />}
			{disconnectedSince !== undefined ? (
				<Away since={disconnectedSince} />
			) : (
				error && <Banner critical={error.critical}>{error.text}</Banner>
			)}
		</>
	);
}

/** On every page, so that no picture of one is taken for real. */
const Demo = () => (
	<div className={classes.demo} role="note">
		<strong>Demonstration</strong> Everything here is invented. <code>npx purser demo --remove</code> takes it away.
	</div>
);

function Away({ since }: { since: number }) {
	const [now, setNow] = useState(() => Date.now());
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), 1000);
		return () => clearInterval(timer);
	}, []);
	return (
		<Banner critical>
			The server is away since {instant(since, "second", readerZone())} ({ago(now - since)}). What is shown is from before; the
			page continues by itself when it is back.
		</Banner>
	);
}

function errorIn({ store, journal }: Status): { text: string; critical: boolean } | undefined {
	const waiting =
		journal.backlog_records > 0 ? ` ${compactNumber(journal.backlog_records)} records wait in the journal; none is lost.` : "";
	const why = store.reason ? ` ${store.reason}.` : "";
	if (journal.state === "full") {
		return { text: `The journal is full: new telemetry is refused until the store catches up.${why}${waiting}`, critical: true };
	}
	if (store.state === "away")
		return { text: `The store is away, so the numbers are from before.${why}${waiting}`, critical: true };
	if (store.state === "starting")
		return { text: `The store is starting: numbers follow in a moment.${why}${waiting}`, critical: false };
	return undefined;
}

const Banner = ({ critical, children }: { critical: boolean; children: ReactNode }) => (
	<div className={classes.banner} data-critical={critical || undefined} role="status">
		{children}
	</div>
);
