import type { TablerIcon } from "@tabler/icons-react";
import type { ComponentType } from "react";

/** A page: routes, menu, command palette and addresses are derived from it. */
export interface Page {
	/** Its addresses, as the router matches them. Links lead to the first. */
	paths: readonly [string, ...string[]];
	title: string;
	/** Shown in the menu. A page without one is reached from others. */
	icon?: TablerIcon;
	/** Begins the lower part of the menu: how to run it rather than what it says. */
	isBelow?: true;
	/** The page shows the period and the filters of the address. Names the parameters that it has in addition. */
	view?: { parameters: readonly string[] };
	component: ComponentType<{ params: Readonly<Record<string, string | undefined>> }>;
}

/** Returns true if a page, or one below it, is at an address. */
export const isAt = ({ paths }: Page, location: string): boolean =>
	paths.some((path) => location === path || (path !== "/" && location.startsWith(`${path}/`)));
