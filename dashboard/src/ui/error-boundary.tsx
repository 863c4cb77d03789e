import { Button } from "@mantine/core";
import { Component, type ReactNode } from "react";
import classes from "../layout/note.module.css";

interface Props {
	children: ReactNode;
	/** Shown in place of the note about a page. */
	instead?: ReactNode;
}

/**
 * Keeps what goes wrong in a part of the page from taking the rest with it: one odd record, or a file of the page that is no longer
 * there because the server was upgraded meanwhile.
 */
export class Boundary extends Component<Props, { failed: boolean }> {
	override state = { failed: false };

	static getDerivedStateFromError(): { failed: boolean } {
		return { failed: true };
	}

	override render(): ReactNode {
		if (!this.state.failed) return this.props.children;
		if (this.props.instead !== undefined) return this.props.instead;
		return (
			<div className={classes.note} role="alert">
				<strong className={classes.problem}>This page cannot be shown</strong>
				<span>Something in it went wrong here in the browser, or the server was upgraded since it was opened.</span>
				<span className={classes.quiet}>Reload it. If that does not help, the browser's console says more.</span>
				<Button size="compact-xs" variant="default" onClick={() => window.location.reload()}>
					Reload
				</Button>
			</div>
		);
	}
}
