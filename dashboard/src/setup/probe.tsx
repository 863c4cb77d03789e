import { Button } from "@mantine/core";
import { IconCircleCheckFilled, IconCircleXFilled } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { sendProbe } from "../api/probe.ts";
import { asProblem } from "../api/problem.ts";
import { ProblemNote } from "../layout/problem-note.tsx";
import classes from "./setup.module.css";

/** Sends a test event to the server's own listeners: distinguishes a fault of the server from a fault of the client. */
export function Probe() {
	const probe = useMutation({ mutationFn: sendProbe });
	return (
		<section>
			<h2 className={classes.heading}>Is it this server?</h2>
			<Button size="compact-sm" variant="default" loading={probe.isPending} onClick={() => probe.mutate()}>
				Send a test event
			</Button>
			<div aria-live="polite">
				{probe.error && <ProblemNote problem={asProblem(probe.error)} />}
				{probe.data && (
					<ul className={classes.checks}>
						{probe.data.checks.map(({ name, ok, detail, fix }) => (
							<li key={name} data-state={ok ? "done" : "failed"}>
								{ok ? (
									<IconCircleCheckFilled size={17} aria-label="passed" />
								) : (
									<IconCircleXFilled size={17} aria-label="failed" />
								)}
								<span>
									{name}
									<small>{detail}</small>
									{fix && <small className={classes.fix}>{fix}</small>}
								</span>
							</li>
						))}
					</ul>
				)}
				{probe.data?.ok && <p className={classes.quiet}>The server is fine: if nothing arrives, look at the client.</p>}
			</div>
		</section>
	);
}
