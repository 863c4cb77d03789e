import { ActionIcon, Button, Drawer, Tooltip } from "@mantine/core";
import type { EventRow } from "@purser/api";
import { IconChevronDown, IconChevronUp, IconCopy } from "@tabler/icons-react";
import { Link } from "wouter";
import { instant } from "../format/instant.ts";
import { shortId } from "../format/labels.ts";
import { copyText } from "../ui/copy-text.ts";
import { liveAddress } from "../url/live-address.ts";
import { sessionAddress } from "../url/session-address.ts";
import { readerZone } from "../url/zone.ts";
import { AttributeTable } from "./attribute-table.tsx";
import classes from "./event-drawer.module.css";
import { summary } from "./summary.ts";

interface Props {
	row: EventRow | undefined;
	onClose: () => void;
	onMove: (step: number) => void;
}

/** Everything that came with one event. */
export function EventDrawer({ row, onClose, onMove }: Props) {
	return (
		<Drawer
			opened={row !== undefined}
			onClose={onClose}
			position="right"
			size="min(620px, 100vw)"
			title={row?.event}
			classNames={{ title: classes.title, content: classes.drawer, header: classes.header }}
			closeButtonProps={{ "aria-label": "Close" }}
			returnFocus
		>
			{row && <Content row={row} onMove={onMove} />}
		</Drawer>
	);
}

function Content({ row, onMove }: { row: EventRow; onMove: (step: number) => void }) {
	const zone = readerZone();
	const { subject, facts, duration, cost, isCritical } = summary(row);
	const text = (name: string) => String(row.attributes[name] ?? "");
	const links = [
		{ label: "This session", wanted: { session: row.session_id } },
		{ label: "This prompt", wanted: { prompt: text("prompt.id") } },
		{ label: "This person", wanted: { person: row.person } },
		{ label: "This tool", wanted: { tool: text("tool_name") } },
	].filter(({ wanted }) => Object.values(wanted)[0] !== "");
	const described =
		typeof row.body === "string" ? row.body : row.body === undefined || row.body === null ? "" : JSON.stringify(row.body);
	return (
		<div className={classes.content}>
			<div className={classes.lead}>
				<p data-bad={isCritical || undefined}>{[subject, ...facts, duration, cost].filter(Boolean).join(" · ") || row.person}</p>
				<div className={classes.move}>
					<Tooltip label="Newer (k)">
						<ActionIcon variant="default" size="sm" aria-label="Newer event" onClick={() => onMove(-1)}>
							<IconChevronUp size={15} />
						</ActionIcon>
					</Tooltip>
					<Tooltip label="Older (j)">
						<ActionIcon variant="default" size="sm" aria-label="Older event" onClick={() => onMove(1)}>
							<IconChevronDown size={15} />
						</ActionIcon>
					</Tooltip>
				</div>
			</div>
			<ul className={classes.links}>
				{row.session_id !== "" && (
					<li>
						<Link href={sessionAddress(row.session_id)}>Timeline of the session</Link>
					</li>
				)}
				{links.map(({ label, wanted }) => (
					<li key={label}>
						<Link href={liveAddress(wanted)}>{label}</Link>{" "}
						<span className={classes.quiet}>{shortId(Object.values(wanted)[0] ?? "")}</span>
					</li>
				))}
			</ul>
			<dl className={classes.times}>
				<dt>Time</dt>
				<dd>
					{instant(row.time, "full", zone)}, {zone} <span className={classes.quiet}>{row.time}</span>
				</dd>
				{row.received_at && (
					<>
						<dt>Received</dt>
						<dd>{instant(row.received_at, "full", zone)}</dd>
					</>
				)}
				{described !== "" && (
					<>
						<dt>Body</dt>
						<dd>{described}</dd>
					</>
				)}
			</dl>
			<AttributeTable title="Attributes" values={row.attributes} types={row.types ?? {}} />
			<AttributeTable title="Resource" values={row.resource} types={{}} />
			<AttributeTable title="Scope" values={{ name: row.scope.name ?? "", version: row.scope.version ?? "" }} types={{}} />
			{row.trace_id !== "" && (
				<AttributeTable title="Trace" values={{ trace_id: row.trace_id, span_id: row.span_id }} types={{}} />
			)}
			<Button
				variant="default"
				size="compact-sm"
				leftSection={<IconCopy size={14} aria-hidden />}
				onClick={() => void copyText(JSON.stringify(row, null, 2))}
			>
				Copy as JSON
			</Button>
		</div>
	);
}
