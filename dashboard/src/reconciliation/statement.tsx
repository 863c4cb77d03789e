import { Tooltip } from "@mantine/core";
import type { ReconciliationSums } from "@purser/api";
import { IconCoin, IconHash, type TablerIcon } from "@tabler/icons-react";
import { Link } from "wouter";
import { type SeriesColor, seriesColor } from "../charts/palette.ts";
import { useChartTheme } from "../charts/use-chart-theme.ts";
import { pluralize } from "../format/labels.ts";
import { exactValue, shortValue, type Unit } from "../format/value.ts";
import { addressOf, writeView } from "../url/view.ts";
import { useViewState } from "../view/view-state.tsx";
import { differenceText, driftOf, driftText, rounded } from "./drift.ts";
import classes from "./statement.module.css";

/** The statement: both sources of the sessions that both report, and beneath the sums of a single source. */
export function Statement({ total, stale }: { total: ReconciliationSums | undefined; stale: boolean }) {
	const { view } = useViewState();
	return (
		<div className={classes.statement} data-stale={stale || undefined} aria-busy={!total || stale}>
			<table className={classes.both}>
				<caption className="out-of-sight">Both sides of the sessions that requests and counters report</caption>
				<thead>
					<tr>
						<td />
						<Heading
							label="Requests"
							counts="What the api_request events of sessions with counters add up to, each request once."
						/>
						<Heading
							label="Counters"
							counts="What claude_code.cost.usage and claude_code.token.usage report for the same sessions."
						/>
						<Heading label="Difference" counts="Counters less requests." />
						<Heading label="Drift" counts="The difference as a share of the sum of the requests." />
					</tr>
				</thead>
				<tbody>
					<Side
						label="Cost"
						icon={IconCoin}
						hue="money"
						unit="USD"
						requests={total?.requests_cost_usd}
						counters={total?.counters_cost_usd}
						drift={total && driftOf(total, "cost")}
					/>
					<Side
						label="Tokens"
						icon={IconHash}
						hue="tokens"
						unit="tokens"
						requests={total?.requests_tokens}
						counters={total?.counters_tokens}
						drift={total && driftOf(total, "tokens")}
					/>
				</tbody>
			</table>
			<dl className={classes.lines}>
				<Line label="Reported by requests only" unit="USD" value={total?.only_requests_cost_usd}>
					Sessions of which no counter came, and requests without a session: they are counted from their requests.
				</Line>
				<Line label="Reported by counters only" unit="USD" value={total?.only_counters_cost_usd}>
					Sessions of which no request came: they are counted from their counters.
				</Line>
				<Line label="Counters without a session" unit="USD" value={total?.without_session_cost_usd}>
					They count only where the person has no request in the same hour, or it would be counted twice.
				</Line>
				<Line label="Repeated requests" unit="" value={total?.repeated_requests}>
					Sent again under the same id, e.g. after a lost answer: each request is counted once.
				</Line>
				<Line label="Accounted" unit="USD" value={total?.accounted_cost_usd} sum>
					{total
						? `${pluralize(total.sessions, "session", "sessions")}, ${pluralize(total.requests, "request", "requests")}: `
						: ""}
					what the <Link href={addressOf("/", writeView(view))}>Overview</Link> calls cost.
				</Line>
			</dl>
		</div>
	);
}

const Heading = ({ label, counts }: { label: string; counts: string }) => (
	<th scope="col">
		<Tooltip multiline w={280} label={counts}>
			{/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is counted is said to the keyboard too. */}
			<span tabIndex={0}>{label}</span>
		</Tooltip>
	</th>
);

interface SideProps {
	label: string;
	icon: TablerIcon;
	hue: SeriesColor;
	unit: Unit;
	requests: number | undefined;
	counters: number | undefined;
	/** In per cent. */
	drift: number | null | undefined;
}

function Side({ label, icon: Icon, hue, unit, requests, counters, drift }: SideProps) {
	const { scheme } = useChartTheme();
	const known = requests !== undefined && counters !== undefined;
	const difference = known ? rounded(counters - requests) : 0;
	const waiting = <span className={classes.waiting} />;
	return (
		<tr>
			<th scope="row">
				<Icon size={14} stroke={1.7} color={seriesColor(hue, scheme)} aria-hidden /> {label}
			</th>
			<td title={known ? exactValue(unit, requests) : undefined}>{known ? shortValue(unit, requests) : waiting}</td>
			<td title={known ? exactValue(unit, counters) : undefined}>{known ? shortValue(unit, counters) : waiting}</td>
			<td title={known ? exactValue(unit, difference) : undefined}>{known ? differenceText(unit, difference) : waiting}</td>
			<td title={typeof drift === "number" ? exactValue("1", drift / 100) : undefined}>{known ? driftText(drift) : waiting}</td>
		</tr>
	);
}

interface LineProps {
	label: string;
	unit: Unit;
	value: number | undefined;
	/** The meaning of the line. */
	children: React.ReactNode;
	sum?: boolean;
}

const Line = ({ label, unit, value, children, sum }: LineProps) => (
	<div data-sum={sum || undefined} data-none={value === 0 || undefined}>
		<dt>{label}</dt>
		<dd className={classes.amount} title={value === undefined ? undefined : exactValue(unit, value)}>
			{value === undefined ? "\u00a0" : value === 0 && !sum ? "none" : shortValue(unit, value)}
		</dd>
		<dd className={classes.means}>{children}</dd>
	</div>
);
