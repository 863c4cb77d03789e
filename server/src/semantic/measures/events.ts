import { type Measure, total } from "../measure.ts";

export const eventMeasures: readonly Measure[] = [
	{ name: "events", brief: "Log records of any kind.", unit: "", source: "events", sql: total("records") },
];
