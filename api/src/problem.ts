import { Type } from "typebox";
import type { Of } from "./schema.ts";

/** Problem details of a failed request (RFC 9457): what is wrong, and what to do. */
export const problem = Type.Object({
	type: Type.Literal("about:blank"),
	title: Type.String(),
	status: Type.Integer(),
	detail: Type.String(),
});
export type ProblemDetails = Of<typeof problem>;
