import classes from "./sparkline.module.css";

/** The shape of a figure over the period, as thin bars from zero. The last one is lighter when it is not over yet. */
export function Sparkline({ values, colour, openEnd }: { values: readonly (number | null)[]; colour: string; openEnd: boolean }) {
	const most = Math.max(0, ...values.map((value) => value ?? 0));
	const width = 100 / Math.max(1, values.length);
	return (
		<svg className={classes.sparkline} viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">
			<line x1="0" x2="100" y1="19.75" y2="19.75" stroke="var(--line-strong)" strokeWidth="0.5" />
			{values.map((value, index) => {
				const height = most === 0 || !value ? 0 : Math.max(0.8, (value / most) * 19);
				return (
					<rect
						// biome-ignore lint/suspicious/noArrayIndexKey: a bucket is its place.
						key={index}
						x={index * width + width * 0.12}
						width={width * 0.76}
						y={19.5 - height}
						height={height}
						fill={colour}
						opacity={openEnd && index === values.length - 1 ? 0.45 : 1}
					/>
				);
			})}
		</svg>
	);
}
