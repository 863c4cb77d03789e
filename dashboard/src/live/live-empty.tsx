import { Button } from "@mantine/core";
import { Link } from "wouter";
import { isEmpty, useArrived } from "../api/arrivals.ts";
import { type EventQuestion, eventFilters } from "../api/events.ts";
import { useStatus } from "../api/status.ts";
import { ago } from "../format/duration.ts";
import note from "../layout/note.module.css";

interface Props {
	question: EventQuestion;
	onClear: () => void;
	onFurther: () => void;
}

/** Explains why there is no event to show, and the next step. */
export function LiveEmpty({ question, onClear, onFurther }: Props) {
	const status = useStatus().data;
	const arrived = useArrived();
	const filtered = eventFilters.some((name) => question[name] !== "");
	if (arrived && isEmpty(arrived)) {
		return (
			<div className={note.note}>
				<span>Nothing has arrived yet.</span>
				<Link href="/setup">Connect Claude Code</Link>
			</div>
		);
	}
	if (status && status.stored.events === 0) {
		return (
			<div className={note.note}>
				<span>Metrics arrive, but no event ever has.</span>
				<span className={note.quiet}>
					Set <code>OTEL_LOGS_EXPORTER=otlp</code> where Claude Code starts, and restart it.
				</span>
			</div>
		);
	}
	const period = question.from === "" && question.to === "" ? "in the last 30 days" : "in this period";
	return (
		<div className={note.note}>
			<span>
				{filtered ? "No event like this" : "No event"} {period}.
			</span>
			{status?.last_event_at && (
				<span className={note.quiet}>The last event of any kind came {ago(Date.now() - Date.parse(status.last_event_at))}.</span>
			)}
			<div className={note.actions}>
				{(filtered || question.from !== "" || question.to !== "") && (
					<Button size="compact-sm" variant="default" onClick={onClear}>
						Clear the filters
					</Button>
				)}
				{question.from !== "-365d" && (
					<Button size="compact-sm" variant="default" onClick={onFurther}>
						Look back a year
					</Button>
				)}
			</div>
		</div>
	);
}
