import { ActionIcon, Button, NativeSelect, Tooltip } from "@mantine/core";
import { IconFileSpreadsheet } from "@tabler/icons-react";
import { Link, useLocation } from "wouter";
import { spanOf } from "../format/instant.ts";
import { filterWords, pluralize } from "../format/labels.ts";
import { money } from "../format/money.ts";
import { exactNumber } from "../format/number.ts";
import { EmptyState } from "../layout/empty-note.tsx";
import { FilterBar } from "../layout/filter-bar.tsx";
import { Header } from "../layout/header.tsx";
import { ProblemNote } from "../layout/problem-note.tsx";
import { Headline } from "../ui/headline.tsx";
import { ListSkeleton } from "../ui/skeleton.tsx";
import { addressOf, writeView } from "../url/view.ts";
import { useViewState } from "../view/view-state.tsx";
import { columns } from "./session-columns.ts";
import classes from "./sessions.module.css";
import { SessionsTable } from "./sessions-table.tsx";
import { firstOrder, useSessions } from "./use-sessions.ts";

/** Lists sessions with their totals. */
export function SessionsPage() {
	const { view, range, zone } = useViewState();
	const [, navigate] = useLocation();
	const found = useSessions();
	const { rows, order } = found;
	const orderHref = (wanted: string) => {
		const search = writeView(view);
		if (wanted !== firstOrder) search.set("order", wanted);
		return addressOf("/sessions", search);
	};
	const orderBy = (wanted: string) => navigate(orderHref(wanted));
	const isEmpty = rows !== undefined && rows.length === 0;
	return (
		<>
			<Header title="Sessions">
				<FilterBar compares={false} />
			</Header>
			<Headline
				isAnnounced
				aside={
					<>
						<NativeSelect
							className={classes.orders}
							aria-label="Order"
							size="xs"
							value={order}
							onChange={(event) => orderBy(event.currentTarget.value)}
							data={columns.flatMap(({ order: name, label, first }) =>
								name === undefined ? [] : [{ value: first === "down" ? `-${name}` : name, label: `by ${label.toLowerCase()}` }],
							)}
						/>
						{rows !== undefined && rows.length > 0 && (
							<Tooltip label="Download as CSV, up to 1,000">
								<ActionIcon
									component="a"
									href={found.csv}
									download="purser-sessions.csv"
									variant="subtle"
									color="gray"
									size="sm"
									aria-label="Sessions: download as CSV"
								>
									<IconFileSpreadsheet size={15} stroke={1.6} />
								</ActionIcon>
							</Tooltip>
						)}
					</>
				}
			>
				{rows !== undefined &&
					!isEmpty &&
					`${pluralize(found.sessions, "session", "sessions")}, ${spanOf(range.from, range.to, zone)}${view.filters.length > 0 ? `, ${filterWords(view.filters)}` : ""}: ${money(found.costUsd)} together.`}
			</Headline>
			{found.problem ? (
				<ProblemNote problem={found.problem} onAgain={found.refetch} />
			) : rows === undefined ? (
				<ListSkeleton />
			) : isEmpty ? (
				<EmptyState what="Sessions" />
			) : (
				<>
					<SessionsTable rows={rows} order={order} stale={found.stale} hrefOf={orderHref} />
					<div className={classes.end}>
						{found.hasMore ? (
							<Button variant="default" size="compact-sm" loading={found.isLoadingMore} onClick={found.loadMore}>
								Load more
							</Button>
						) : (
							<span>All {exactNumber(rows.length)} are shown.</span>
						)}
						<span>
							Totals are of what happened in this period. A filter keeps sessions of which any record has the value.{" "}
							<Link href="/live">Live events</Link>
						</span>
					</div>
				</>
			)}
		</>
	);
}
