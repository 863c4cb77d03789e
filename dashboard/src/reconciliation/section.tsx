import { ActionIcon, Tooltip } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { type ReactNode, useId } from "react";
import panel from "../ui/panel.module.css";

interface Props {
	title: string;
	/** Exactly what is counted. */
	explains: string;
	loading: boolean;
	stale: boolean;
	/** Kept while loading, so that nothing jumps. In pixels. */
	height: number;
	/** At the right of the title. */
	tools?: ReactNode;
	children: ReactNode;
}

/** One part of the page, headed like every panel. */
export function Section({ title, explains, loading, stale, height, tools, children }: Props) {
	const heading = useId();
	return (
		<section className={panel.panel} style={{ "--columns": 12 }} aria-labelledby={heading} aria-busy={loading || stale}>
			<div className={panel.head} style={{ height: "auto", minHeight: 24, flexWrap: "wrap" }}>
				<h2 id={heading} className={panel.title}>
					{title}
				</h2>
				<Tooltip multiline w={320} label={explains}>
					<ActionIcon variant="subtle" color="gray" size="sm" className={panel.tool} aria-label={`What “${title}” counts`}>
						<IconInfoCircle size={15} stroke={1.6} />
					</ActionIcon>
				</Tooltip>
				<span className={panel.gap} />
				{tools}
			</div>
			<div className={panel.body} data-stale={stale || undefined} style={{ "--height": "0px" }}>
				{loading ? <div className={panel.skeleton} style={{ height }} /> : children}
			</div>
		</section>
	);
}
