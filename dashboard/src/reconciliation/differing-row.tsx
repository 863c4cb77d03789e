import type { DifferingSession } from "@purser/api";
import { useId, useState } from "react";
import { Link } from "wouter";
import { pointsAddress } from "../api/reconciliation.ts";
import { pluralize, shortId, valueLabel } from "../format/labels.ts";
import { exactValue, nothing, shortValue } from "../format/value.ts";
import { liveAddress, livePeriod } from "../url/live-address.ts";
import { sessionAddress } from "../url/session-address.ts";
import { useViewState } from "../view/view-state.tsx";
import classes from "./differing.module.css";
import { differenceText, rounded } from "./drift.ts";

/** One session: both sides, the difference, why, and the way to the records of each side. */
export function DifferingRow({ session: one }: { session: DifferingSession }) {
	const reading = useViewState();
	const [open, setOpen] = useState(false);
	const further = useId();
	const [reason, ...others] = one.reasons;
	const id = shortId(one.session);
	const usd = rounded(one.counters_cost_usd - one.requests_cost_usd);
	const tokens = one.counters_tokens - one.requests_tokens;
	return (
		<tr>
			<th scope="row">
				<Link href={sessionAddress(one.session)} title={one.session}>
					{id}
				</Link>
				<small>{[one.person && valueLabel("person", one.person), ...one.versions].filter(Boolean).join(" · ")}</small>
			</th>
			<Amount label="requests" hasRecords={one.last_request !== null} usd={one.requests_cost_usd} tokens={one.requests_tokens} />
			<Amount label="counters" hasRecords={one.last_point !== null} usd={one.counters_cost_usd} tokens={one.counters_tokens} />
			<td data-numeric data-label="difference" title={`${exactValue("USD", usd)}, ${exactValue("tokens", tokens)}`}>
				<b>{differenceText("USD", usd)}</b>
				<small>{differenceText("tokens", tokens)} tokens</small>
			</td>
			<td className={classes.why}>
				{reason?.text}
				{one.repeated_requests > 0 &&
					` ${pluralize(one.repeated_requests, "request was", "requests were")} sent again and counted once.`}
				{others.length > 0 && (
					<>
						{" "}
						<button
							type="button"
							className={classes.further}
							aria-expanded={open}
							aria-controls={further}
							aria-label={`${open ? "Fewer reasons" : pluralize(others.length, "further reason", "further reasons")}, session ${id}`}
							onClick={() => setOpen(!open)}
						>
							{open ? "fewer" : `and ${pluralize(others.length, "further reason", "further reasons")}`}
						</button>
						<ul id={further} className={classes.others} hidden={!open}>
							{others.map(({ id, text }) => (
								<li key={id}>{text}</li>
							))}
						</ul>
					</>
				)}
			</td>
			<td className={classes.records}>
				<Link
					href={liveAddress({ event: "api_request", session: one.session, ...livePeriod(reading) })}
					aria-label={`Requests of session ${id}`}
				>
					requests
				</Link>
				<a
					href={pointsAddress(one.session, reading.range)}
					target="_blank"
					rel="noreferrer"
					title="The data points as they came, as JSON"
					aria-label={`Points of session ${id}, as JSON`}
				>
					points
				</a>
			</td>
		</tr>
	);
}

interface AmountProps {
	label: string;
	/** True if this source has records of the session. */
	hasRecords: boolean;
	usd: number;
	tokens: number;
}

const Amount = ({ label, hasRecords, usd, tokens }: AmountProps) => (
	<td
		data-numeric
		data-label={label}
		title={hasRecords ? `${exactValue("USD", usd)}, ${exactValue("tokens", tokens)}` : "nothing came"}
	>
		{hasRecords ? shortValue("USD", usd) : nothing}
		<small>{hasRecords ? `${shortValue("tokens", tokens)} tokens` : "nothing came"}</small>
	</td>
);
