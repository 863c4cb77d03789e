import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { useViewState } from "../view/view-state.tsx";
import { CommandPalette } from "./command-palette.tsx";
import { Footer } from "./footer.tsx";
import { isAt } from "./page.ts";
import classes from "./shell.module.css";
import { StateBanner } from "./state-banner.tsx";

/** The frame of every page: the rail (a bar at the bottom of a phone), what is wrong if something is, and the page. */
export function Shell({ children }: { children: ReactNode }) {
	const [location] = useLocation();
	const { href, pages } = useViewState();
	return (
		<div className={classes.shell}>
			<a className={classes.skip} href="#page">
				Skip to the page
			</a>
			<nav className={classes.rail} aria-label="Pages">
				<Link href="/" className={classes.brand}>
					<img src="/assets/purser.svg" alt="" width={20} height={20} />
					Purser
				</Link>
				<ul className={classes.pages}>
					{pages.map((page) => {
						const { paths, title, icon: Icon, isBelow } = page;
						if (!Icon) return null;
						return (
							<li key={title} data-below={isBelow}>
								<Link href={href({}, paths[0])} className={classes.page} aria-current={isAt(page, location) ? "page" : undefined}>
									<Icon size={18} stroke={1.6} aria-hidden />
									{title}
								</Link>
							</li>
						);
					})}
				</ul>
				<Footer />
			</nav>
			<div className={classes.body}>
				<StateBanner />
				<main id="page" className={classes.main} tabIndex={-1}>
					{children}
				</main>
			</div>
			<CommandPalette />
		</div>
	);
}
