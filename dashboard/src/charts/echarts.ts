import { BarChart, type BarSeriesOption, CustomChart, type CustomSeriesOption } from "echarts/charts";
import {
	AriaComponent,
	type AriaComponentOption,
	GridComponent,
	type GridComponentOption,
	TooltipComponent,
	type TooltipComponentOption,
} from "echarts/components";
import { type ComposeOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

// Only what is drawn. SVG, because marks stay sharp and text stays text.
use([BarChart, CustomChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

export type ChartOption = ComposeOption<
	BarSeriesOption | CustomSeriesOption | GridComponentOption | TooltipComponentOption | AriaComponentOption
>;
export { init };
