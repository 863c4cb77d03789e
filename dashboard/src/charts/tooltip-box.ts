/** The box of every chart over time: it stands by the whole bucket, and its content brings its own padding. */
export const tooltipBox = (theme: {
	readonly quiet: string;
	readonly raised: string;
	readonly line: string;
	readonly text: string;
}) => ({
	trigger: "axis" as const,
	axisPointer: { type: "shadow" as const, shadowStyle: { color: theme.quiet, opacity: 0.08 } },
	confine: true,
	transitionDuration: 0,
	backgroundColor: theme.raised,
	borderColor: theme.line,
	borderWidth: 1,
	padding: 0,
	textStyle: { color: theme.text, fontSize: 12 },
});
