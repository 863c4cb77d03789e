import type { SessionRow, TimelinePrompt } from "@purser/api";
import { Link } from "wouter";
import { useMeasures } from "../api/catalog.ts";
import { instant, spanOf } from "../format/instant.ts";
import { valueLabel } from "../format/labels.ts";
import { exactValue, shortValue, type Unit } from "../format/value.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { FigureList } from "../ui/figure-list.tsx";
import { liveAddress } from "../url/live-address.ts";
import { useViewState } from "../view/view-state.tsx";
import classes from "./session.module.css";
import { breakdownText, sessionSentence } from "./summary-text.ts";

type Figure = { label: string; value: string; exact: string; secondary?: string };

/** Summarizes a session: a sentence, figures, and facts. */
export function SessionHead({
	session,
	prompts,
	spans,
}: {
	session: SessionRow;
	prompts: readonly TimelinePrompt[];
	spans: number;
}) {
	const { zone, href } = useViewState();
	const named = useMeasures();
	const [from, to] = [Date.parse(session.first_time), Date.parse(session.last_time)];
	const facts: readonly [string, string][] = [
		["version", session.version],
		["started by", session.entrypoint],
		["terminal", session.terminal],
		["system", session.os],
		["service", session.service],
		["organization", session.organization],
	];
	// As far back as the session is, and no further than needed.
	const period = { from: from - 1, to: to + 1 };
	const only = (dimension: string, value: string) => href({ filters: [{ dimension, value, excluded: false }] }, "/sessions");
	return (
		<section className={classes.head} aria-label="Totals">
			<p className={classes.when}>
				{spanOf(from, Math.max(to, from + 1), zone)} <span className={classes.quiet}>{zone}</span>
			</p>
			<p className={classes.sentence}>{sessionSentence(session)}</p>
			<p className={classes.quiet}>{breakdownText(prompts).join(" ")}</p>
			<FigureList columns={8} figures={figuresOf(session, (measure) => named(measure).unit)} />
			<div className={classes.about}>
				<dl className={classes.facts}>
					{session.person !== "" && (
						<div>
							<dt>person</dt>
							<dd>
								<Link href={only("person", session.person)}>{valueLabel("person", session.person)}</Link>
							</dd>
						</div>
					)}
					{session.repository !== "" && (
						<div>
							<dt>repository</dt>
							<dd>
								<Link href={only("repository", session.repository)}>{valueLabel("repository", session.repository)}</Link>
							</dd>
						</div>
					)}
					{session.models.length > 0 && (
						<div>
							<dt>models</dt>
							<dd>{session.models.map((model) => valueLabel("model", model)).join(", ")}</dd>
						</div>
					)}
					{facts.map(([name, value]) =>
						value === "" ? null : (
							<div key={name}>
								<dt>{name}</dt>
								<dd>{value}</dd>
							</div>
						),
					)}
					<div>
						<dt>records</dt>
						<dd>
							<Link href={liveAddress({ session: session.session_id, from: instantIso(period.from), to: instantIso(period.to) })}>
								{shortValue("", session.events)} events
							</Link>
							{spans > 0 && `, ${shortValue("", spans)} spans`}
						</dd>
					</div>
					<div>
						<dt>last event</dt>
						<dd>{instant(to, "full", zone)}</dd>
					</div>
				</dl>
				<CopyButton text={session.session_id} label="Copy id" what={session.session_id} />
			</div>
		</section>
	);
}

const instantIso = (ms: number): string => new Date(ms).toISOString();

function figuresOf(session: SessionRow, unitOf: (measure: string) => Unit): Figure[] {
	const figure = (label: string, name: keyof SessionRow & string, secondary?: string): Figure => {
		const value = session[name] as number | null;
		return {
			label,
			value: shortValue(unitOf(name), value),
			exact:
				value === null ? `${label}: not reported for this session (${name})` : `${exactValue(unitOf(name), value)} (${name})`,
			...(secondary && { secondary }),
		};
	};
	const read = session.cache_read_tokens ?? 0;
	const input = read + (session.input_tokens ?? 0) + (session.cache_creation_tokens ?? 0);
	const made = [
		session.commits ? `${session.commits} ${session.commits === 1 ? "commit" : "commits"}` : "",
		session.pull_requests ? `${session.pull_requests} ${session.pull_requests === 1 ? "PR" : "PRs"}` : "",
	].filter(Boolean);
	return [
		figure("Cost", "cost_usd"),
		figure("Active", "active_seconds", `of ${shortValue("s", session.duration_seconds)}`),
		figure("Tokens in", "input_tokens", "not cached"),
		figure("Tokens out", "output_tokens"),
		figure("Cache reads", "cache_read_tokens", input > 0 ? `${shortValue("1", read / input)} of input` : undefined),
		figure("Cache writes", "cache_creation_tokens"),
		figure("Lines added", "lines_added", session.lines_removed ? `${shortValue("", session.lines_removed)} removed` : undefined),
		{ ...figure("Commits", "commits", made.slice(1).join()), secondary: made.slice(1).join() || "\u00a0" },
	];
}
