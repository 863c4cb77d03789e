import type { Measure } from "../measure.ts";
import { cacheMeasures } from "./cache.ts";
import { codeMeasures } from "./code.ts";
import { costMeasures } from "./cost.ts";
import { editMeasures } from "./edits.ts";
import { eventMeasures } from "./events.ts";
import { listPriceMeasures } from "./list-prices.ts";
import { peopleMeasures } from "./people.ts";
import { requestMeasures } from "./requests.ts";
import { sessionMeasures } from "./sessions.ts";
import { sourceMeasures } from "./sources.ts";
import { tokenMeasures } from "./tokens.ts";
import { toolMeasures } from "./tools.ts";
import { unitCostMeasures } from "./unit-cost.ts";

/** All measures, in the order of the catalog. */
export const measures: readonly Measure[] = Object.freeze([
	...costMeasures,
	...tokenMeasures,
	...listPriceMeasures,
	...sourceMeasures,
	...cacheMeasures,
	...sessionMeasures,
	...peopleMeasures,
	...requestMeasures,
	...toolMeasures,
	...editMeasures,
	...codeMeasures,
	...eventMeasures,
	...unitCostMeasures,
]);

const byName = new Map(measures.map((measure) => [measure.name, measure]));
export const measureOf = (name: string): Measure | undefined => byName.get(name);
