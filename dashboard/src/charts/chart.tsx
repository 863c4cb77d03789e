import { useEffect, useRef } from "react";
import { type ChartOption, init } from "./echarts.ts";

interface Props {
	option: ChartOption;
	/** A description for readers who cannot see the chart; the panel's table has the numbers. */
	label: string;
	/** The index of the bucket that was clicked, and of the series when a mark was hit. */
	onPick?: (bucket: number, series: number | undefined) => void;
}

/** ECharts in a box that fills what its parent has left. */
export function Chart({ option, label, onPick }: Props) {
	const box = useRef<HTMLDivElement>(null);
	const chart = useRef<ReturnType<typeof init> | undefined>(undefined);
	const pick = useRef(onPick);
	pick.current = onPick;

	useEffect(() => {
		const element = box.current;
		if (!element) return;
		const made = init(element, null, { renderer: "svg" });
		chart.current = made;
		made.on("click", ({ dataIndex, seriesIndex }) => pick.current?.(dataIndex, seriesIndex));
		// Between and above the bars counts too: a thin bar is hard to hit.
		made.getZr().on("click", (event) => {
			if (event.target) return;
			const found = made.convertFromPixel({ gridIndex: 0 }, [event.offsetX, event.offsetY]);
			if (found?.[0] !== undefined && made.containPixel({ gridIndex: 0 }, [event.offsetX, event.offsetY]))
				pick.current?.(found[0], undefined);
		});
		const observer = new ResizeObserver(() => made.resize());
		observer.observe(element);
		return () => {
			observer.disconnect();
			made.dispose();
			chart.current = undefined;
		};
	}, []);

	useEffect(() => {
		chart.current?.setOption(option, { replaceMerge: ["series"] });
	}, [option]);

	return (
		<div ref={box} role="img" aria-label={label} style={{ flex: 1, minHeight: 80, cursor: onPick ? "pointer" : undefined }} />
	);
}
