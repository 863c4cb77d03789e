import type { Status } from "@purser/api";
import { useEffect, useState } from "react";
import { CopyButton } from "../ui/copy-button.tsx";
import { reasonsFor } from "./reasons.ts";
import classes from "./setup.module.css";

/** Lists reasons for missing telemetry, most likely first. Opens by itself after a minute without records. */
export function Reasons({ status, works }: { status: Status | undefined; works: boolean }) {
	const [opened, setOpened] = useState(false);
	useEffect(() => {
		if (works) return;
		const timer = setTimeout(() => setOpened(true), 60_000);
		return () => clearTimeout(timer);
	}, [works]);
	return (
		<details className={classes.reasons} open={opened} onToggle={(event) => setOpened(event.currentTarget.open)}>
			<summary>
				<h2>Nothing after a minute?</h2>
				<span className={classes.quiet}>Each reason with its check</span>
			</summary>
			<ol>
				{reasonsFor(status, window.location.hostname).map(({ title, why, check }) => (
					<li key={title}>
						<h3>{title}</h3>
						<p>{why}</p>
						<div className={classes.check}>
							<code>{check}</code>
							<CopyButton text={check} what={`the check for: ${title}`} />
						</div>
					</li>
				))}
			</ol>
		</details>
	);
}
