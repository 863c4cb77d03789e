import { ActionIcon, Tooltip, useMantineColorScheme } from "@mantine/core";
import { IconCommand, IconMoon, IconSun, IconSunMoon } from "@tabler/icons-react";
import { type ReactNode, useEffect } from "react";
import classes from "./header.module.css";
import { openPalette } from "./palette-open.ts";

const schemes = {
	auto: { next: "light", icon: IconSunMoon, label: "Colours: as the system has them" },
	light: { next: "dark", icon: IconSun, label: "Colours: light" },
	dark: { next: "auto", icon: IconMoon, label: "Colours: dark" },
} as const;

/** The line at the top of each page: where one is, what is looked at, and the two things that are always at hand. */
export function Header({ title, children }: { title: string; children?: ReactNode }) {
	const { colorScheme, setColorScheme } = useMantineColorScheme();
	const scheme = schemes[colorScheme];
	useEffect(() => {
		document.title = `${title} · Purser`;
	}, [title]);
	return (
		<header className={classes.header}>
			<h1 className={classes.title}>{title}</h1>
			<div className={classes.middle}>{children}</div>
			<div className={classes.end}>
				<Tooltip label="Go anywhere, filter by anything (⌘K or Ctrl K)">
					<ActionIcon variant="subtle" color="gray" className={classes.tool} aria-label="Commands" onClick={openPalette}>
						<IconCommand size={17} stroke={1.6} />
					</ActionIcon>
				</Tooltip>
				<Tooltip label={scheme.label}>
					<ActionIcon
						variant="subtle"
						color="gray"
						className={classes.tool}
						aria-label={`${scheme.label}. Change`}
						onClick={() => setColorScheme(scheme.next)}
					>
						<scheme.icon size={17} stroke={1.6} />
					</ActionIcon>
				</Tooltip>
			</div>
		</header>
	);
}
