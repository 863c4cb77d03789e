import {
	IconActivity,
	IconHeartbeat,
	IconLayoutDashboard,
	IconListDetails,
	IconPlugConnected,
	IconScale,
} from "@tabler/icons-react";
import { lazyPage } from "./layout/lazy-page.tsx";
import type { Page } from "./layout/page.ts";
import { Home } from "./overview/home.tsx";
import { ConnectPage } from "./setup/setup-page.tsx";

/** Every page, in the order of the menu. */
export const pages: readonly Page[] = [
	{
		paths: ["/", "/overview"],
		title: "Overview",
		icon: IconLayoutDashboard,
		view: { parameters: [] },
		component: Home,
	},
	{
		paths: ["/sessions"],
		title: "Sessions",
		icon: IconListDetails,
		view: { parameters: ["order"] },
		component: lazyPage("Sessions", async () => (await import("./sessions/sessions-page.tsx")).SessionsPage),
	},
	{
		paths: ["/sessions/:id"],
		title: "Session",
		component: lazyPage("Session", async () => (await import("./sessions/session-page.tsx")).SessionPage),
	},
	{
		paths: ["/live"],
		title: "Live",
		icon: IconActivity,
		component: lazyPage("Live", async () => (await import("./live/live-page.tsx")).LivePage),
	},
	{
		paths: ["/coverage"],
		title: "Coverage",
		icon: IconHeartbeat,
		isBelow: true,
		view: { parameters: [] },
		component: lazyPage("Coverage", async () => (await import("./coverage/coverage-page.tsx")).CoveragePage),
	},
	{
		paths: ["/reconciliation"],
		title: "Reconciliation",
		icon: IconScale,
		view: { parameters: ["by"] },
		component: lazyPage(
			"Reconciliation",
			async () => (await import("./reconciliation/reconciliation-page.tsx")).ReconciliationPage,
		),
	},
	{
		paths: ["/setup"],
		title: "Connect",
		icon: IconPlugConnected,
		component: ConnectPage,
	},
];
