import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { isViewPath, useViewState } from "../view/view-state.tsx";
import { CommandPalette } from "./command-palette.tsx";
import { Footer } from "./footer.tsx";
import { isAt, pages } from "./pages.ts";
import classes from "./shell.module.css";
import { StateBanner } from "./state-banner.tsx";

/** The frame of every page: the rail (a bar at the bottom of a phone), what is wrong if something is, and the page. */
export function Shell({ children }: { children: ReactNode }) {
	const [location] = useLocation();
	const { href } = useViewState();
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
					{pages.map(({ path, label, icon: Icon, below }) => (
						<li key={path} data-below={below || undefined}>
							<Link
								href={isViewPath(path) ? href({}, path) : path}
								className={classes.page}
								aria-current={isAt(path, location) ? "page" : undefined}
							>
								<Icon size={18} stroke={1.6} aria-hidden />
								{label}
							</Link>
						</li>
					))}
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
