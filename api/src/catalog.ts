import { Type } from "typebox";
import { type Of, oneOf } from "./schema.ts";

const unit = oneOf(["USD", "tokens", "s", "ms", "1", ""], { description: "UCUM, but for money and tokens; 1 is a share of one" });
/** A unit of a measure. */
export type MeasureUnit = Of<typeof unit>;

export const catalogResponse = Type.Object({
	measures: Type.Array(
		Type.Object({
			name: Type.String(),
			label: Type.String({ description: "The measure's name on a page" }),
			unit,
			brief: Type.String(),
			better: Type.Optional(oneOf(["more", "less"])),
			dimensions: Type.Array(Type.String(), { description: "What the measure can be divided and filtered by" }),
		}),
	),
	dimensions: Type.Array(
		Type.Object({
			name: Type.String(),
			brief: Type.String(),
			is_common: Type.Boolean({ description: "True if every record has it" }),
		}),
	),
});
/** Everything that can be asked of /api/v1/usage. */
export type Catalog = Of<typeof catalogResponse>;
