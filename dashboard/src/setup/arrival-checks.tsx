import type { Status } from "@purser/api";
import { IconCircle, IconCircleCheckFilled, IconCircleXFilled } from "@tabler/icons-react";
import type { Arrivals } from "../api/arrivals.ts";
import { compactNumber } from "../format/number.ts";
import classes from "./setup.module.css";

interface Check {
	name: string;
	state: "done" | "waiting" | "failed";
	detail: string;
}

/** Shows which signals have arrived so far, turning green as they do. */
export function ArrivalChecks({ status, arrived }: { status: Status | undefined; arrived: Arrivals | undefined }) {
	return (
		<section>
			<h2 className={classes.heading}>As it happens</h2>
			<ul className={classes.checks} aria-live="polite">
				{checksOf(status, arrived).map(({ name, state, detail }) => (
					<li key={name} data-state={state}>
						{state === "done" ? (
							<IconCircleCheckFilled size={17} aria-label="done" />
						) : state === "failed" ? (
							<IconCircleXFilled size={17} aria-label="failed" />
						) : (
							<IconCircle size={17} stroke={1.6} aria-label="waiting" />
						)}
						<span>
							{name}
							<small>{detail}</small>
						</span>
					</li>
				))}
			</ul>
		</section>
	);
}

function checksOf(status: Status | undefined, arrived: Arrivals | undefined): Check[] {
	const names = { grpc: "gRPC", http: "HTTP", web: "the page" } as const;
	const open = (status?.listeners ?? []).filter(({ name }) => name !== "web");
	const { requests = 0, events = 0, points = 0 } = arrived ?? {};
	const pluralize = (name: string, count: number, none: string): Check => ({
		name,
		state: count > 0 ? "done" : "waiting",
		detail: count > 0 ? `${compactNumber(count)} so far` : none,
	});
	return [
		{
			name: "Listening",
			state: !status ? "waiting" : open.length > 0 ? "done" : "failed",
			detail: !status
				? "asking the server"
				: open.map(({ name, address }) => `${names[name]} ${address}`).join(", ") || "no listener is open",
		},
		{
			name: "First request",
			state: requests > 0 ? "done" : "waiting",
			detail: requests > 0 ? "a client has reached this server" : "no client has reached this server yet",
		},
		pluralize("First event", events, "within 5 s of the first prompt"),
		pluralize("First metric", points, "within 60 s of the first prompt"),
	];
}
