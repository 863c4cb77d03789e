import { Button } from "@mantine/core";
import type { Problem } from "../api/problem.ts";
import classes from "./note.module.css";

/** Shows a failure in the server's words, and the next step. */
export function ProblemNote({ problem, onAgain }: { problem: Problem; onAgain?: () => void }) {
	return (
		<div className={classes.note} role="alert">
			<strong className={classes.problem}>{problem.title}</strong>
			<span>{problem.message}</span>
			<span className={classes.quiet}>{problem.advice}</span>
			{onAgain && (
				<Button size="compact-xs" variant="default" onClick={onAgain}>
					Ask again
				</Button>
			)}
		</div>
	);
}
