import type { Client, Gap } from "@purser/api";
import { Link } from "wouter";
import { ago } from "../format/duration.ts";
import { pluralize } from "../format/labels.ts";
import { liveAddress } from "../url/live-address.ts";
import { installationOf, nameOf } from "./client-name.tsx";
import classes from "./coverage.module.css";

interface Props {
	client: Client;
	/** Starts of its buckets. */
	starts: readonly number[];
	grain: "hour" | "day";
	/** Times in which no client reported. */
	gaps: readonly Gap[];
	now: number;
	/** True if the person has other clients. */
	several: boolean;
}

/** Hours of work a day that are drawn in full colour. */
const full = 8;

/** Shows one client over time: the more it sent the darker, red where it is silent, yellow where no client reported. */
export function Strip({ client, starts, grain, gaps, now, several }: Props) {
	const size = grain === "hour" ? 3_600_000 : 86_400_000;
	const first = starts[0] ?? 0;
	const end = Math.min(now, (starts.at(-1) ?? 0) + size);
	const x = (ms: number) => Math.max(0, Math.min(starts.length, (ms - first) / size));
	const active = client.activity.filter((hours) => hours > 0).length;
	const isSilent = client.status === "silent" && client.silent_at !== null;
	const secondary = several ? installationOf(client) : "";
	const name = `${nameOf(client)}${secondary === "" ? "" : ` · ${secondary}`}`;
	const words = `${pluralize(active, grain, `${grain}s`)} of ${starts.length} with records${isSilent ? ", silent now" : ""}`;
	return (
		<li className={classes.strip}>
			<Link
				href={liveAddress({ person: client.person, to: new Date(Date.parse(client.last_seen) + 1).toISOString() })}
				title={`${client.person}\n${client.installation}\n${words}`}
			>
				{name}
			</Link>
			<svg
				viewBox={`0 0 ${Math.max(1, starts.length)} 10`}
				preserveAspectRatio="none"
				role="img"
				aria-label={`${name}: ${words}`}
			>
				<rect x={0} y={0} width={starts.length} height={10} fill="var(--rail)" />
				{gaps.map(({ from, to }) => (
					<rect
						key={from}
						x={x(Date.parse(from))}
						y={0}
						width={Math.max(0.04, x(Date.parse(to)) - x(Date.parse(from)))}
						height={10}
						fill="var(--warning-soft)"
					/>
				))}
				{isSilent && (
					<rect
						x={x(Date.parse(client.silent_at ?? ""))}
						y={0}
						width={Math.max(0, x(end) - x(Date.parse(client.silent_at ?? "")))}
						height={10}
						fill="var(--critical-soft)"
					/>
				)}
				{client.activity.map((hours, index) =>
					hours === 0 ? null : (
						<rect
							key={starts[index]}
							x={index + 0.04}
							y={0}
							width={0.92}
							height={10}
							fill="var(--accent)"
							opacity={grain === "hour" ? 1 : 0.3 + 0.7 * Math.min(1, hours / full)}
						/>
					),
				)}
			</svg>
			<span className={classes.last} data-bad={isSilent || undefined}>
				{ago(now - Date.parse(client.last_seen))}
			</span>
		</li>
	);
}
