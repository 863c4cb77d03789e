import {
	IconActivity,
	IconHeartbeat,
	IconLayoutDashboard,
	IconListDetails,
	IconPlugConnected,
	IconScale,
	type TablerIcon,
} from "@tabler/icons-react";

interface Page {
	path: string;
	label: string;
	icon: TablerIcon;
	/** Shown apart from the questions: how to run it rather than what it says. */
	below?: boolean;
}

/** The rail, from top to bottom. Only what exists. */
export const pages: readonly Page[] = [
	{ path: "/", label: "Overview", icon: IconLayoutDashboard },
	{ path: "/sessions", label: "Sessions", icon: IconListDetails },
	{ path: "/live", label: "Live", icon: IconActivity },
	{ path: "/coverage", label: "Coverage", icon: IconHeartbeat, below: true },
	{ path: "/reconciliation", label: "Reconciliation", icon: IconScale },
	{ path: "/setup", label: "Connect", icon: IconPlugConnected },
];

export const isAt = (path: string, location: string): boolean =>
	path === "/" ? location === "/" || location === "/overview" : location.startsWith(path);
