import { useComputedColorScheme } from "@mantine/core";
import { colorTokens, theme } from "../theme.ts";
import type { Scheme } from "./palette.ts";
import type { Ink } from "./time-bars.ts";

const inkOf = (scheme: Scheme): Ink => {
	const of = colorTokens[scheme];
	return {
		text: of["--text"],
		quiet: of["--quiet"],
		line: of["--line"],
		paper: of["--paper"],
		raised: of["--raised"],
		shade: of["--warning-soft"],
		font: theme.fontFamily ?? "sans-serif",
	};
};

const inks: Record<Scheme, Ink> = { light: inkOf("light"), dark: inkOf("dark") };

/** The theme's colours for what CSS cannot reach. */
export function useChartTheme(): { scheme: Scheme; theme: Ink } {
	const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
	return { scheme, theme: inks[scheme] };
}
