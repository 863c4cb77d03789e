import type { TimelineItem } from "@purser/api";
import { isError, isRequest } from "./item-summary.ts";
import classes from "./timeline.module.css";

/** A request or a tool where it ran, from 0 to 1 on an axis. */
export const Bar = ({ item, from, to }: { item: TimelineItem; from: number; to: number }) => (
	<i
		className={classes.bar}
		data-kind={isRequest(item) ? "request" : "tool"}
		data-bad={isError(item) || undefined}
		style={placeOf(from, to)}
	/>
);

/** Shares of an axis as CSS. */
export const placeOf = (from: number, to: number) => ({ left: `${from * 100}%`, width: `${Math.max(0, to - from) * 100}%` });
