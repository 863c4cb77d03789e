import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const ink: MantineColorsTuple = [
	"#eef2fa",
	"#dbe3f3",
	"#b6c6e6",
	"#8fa8da",
	"#6c8ccf",
	"#4d73bd",
	"#3a60ab",
	"#29498a",
	"#213c73",
	"#182d58",
];

/** Greys with a little warmth in light and a little blue in dark: paper and slate, not glass. */
const slate: MantineColorsTuple = [
	"#d5d9e0",
	"#b4bac5",
	"#99a1ae",
	"#6f7886",
	"#3b424d",
	"#2c323b",
	"#20252c",
	"#171b21",
	"#12151a",
	"#0d0f13",
];

export const theme = createTheme({
	colors: { ink, dark: slate },
	primaryColor: "ink",
	primaryShade: { light: 7, dark: 5 },
	fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
	fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
	fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "19px" },
	lineHeights: { xs: "1.35", sm: "1.45", md: "1.5", lg: "1.45", xl: "1.35" },
	defaultRadius: 4,
	cursorType: "pointer",
	respectReducedMotion: true,
	components: {
		Tooltip: {
			defaultProps: {
				withinPortal: false,
				withArrow: true,
				arrowSize: 6,
				openDelay: 150,
				events: { hover: true, focus: true, touch: true },
			},
		},
		Drawer: { defaultProps: { transitionProps: { duration: 120 }, overlayProps: { backgroundOpacity: 0.25 } } },
		Modal: { defaultProps: { transitionProps: { duration: 80 }, overlayProps: { backgroundOpacity: 0.3 } } },
		Menu: { defaultProps: { transitionProps: { duration: 80 } } },
		Popover: { defaultProps: { transitionProps: { duration: 80 } } },
	},
});

/** The page's own names for colours. Text meets 4.5:1 on paper, marks and focus 3:1, in both themes. */
export const colorTokens = {
	light: {
		"--paper": "#fdfdfc",
		"--raised": "#ffffff",
		"--rail": "#f6f6f3",
		"--line": "#e5e4df",
		"--line-strong": "#cfcec7",
		"--text": "#1b2330",
		"--quiet": "#5b6472",
		"--accent": "#29498a",
		"--accent-soft": "#eaf0fa",
		"--positive": "#0e6b4f",
		"--warning": "#8a5300",
		"--warning-soft": "#fdf3e0",
		"--critical": "#ab2b2b",
		"--critical-soft": "#fcedec",
	},
	dark: {
		"--paper": "#12151a",
		"--raised": "#1a1e25",
		"--rail": "#0f1216",
		"--line": "#262c35",
		"--line-strong": "#3b424d",
		"--text": "#e3e6eb",
		"--quiet": "#a0a8b5",
		"--accent": "#8fb2ef",
		"--accent-soft": "#1d2a42",
		"--positive": "#5bc79f",
		"--warning": "#e0ad5c",
		"--warning-soft": "#2e2614",
		"--critical": "#f08c86",
		"--critical-soft": "#351c1d",
	},
} as const;

type Tones = Record<keyof typeof colorTokens.light, string>;

/** And what Mantine's parts take from them. */
const borrowed = (colorTokens: Tones, placeholder: string) => ({
	...colorTokens,
	"--mantine-color-body": colorTokens["--paper"],
	"--mantine-color-text": colorTokens["--text"],
	"--mantine-color-dimmed": colorTokens["--quiet"],
	"--mantine-color-placeholder": placeholder,
	"--mantine-color-default-border": colorTokens["--line-strong"],
	"--mantine-color-anchor": colorTokens["--accent"],
	"--mantine-color-error": colorTokens["--critical"],
});

/** Sizes of text, and distances. */
const sizeTokens = {
	"--text-xs": "12px",
	"--text-sm": "13px",
	"--text-md": "14px",
	"--text-lg": "16px",
	"--text-xl": "17px",
	"--space-1": "4px",
	"--space-2": "8px",
	"--space-3": "12px",
	"--space-4": "16px",
	"--space-5": "24px",
} as const;

export const variables: CSSVariablesResolver = () => ({
	variables: sizeTokens,
	light: borrowed(colorTokens.light, "#666e7b"),
	dark: borrowed(colorTokens.dark, "#959eac"),
});
