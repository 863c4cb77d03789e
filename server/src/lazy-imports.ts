import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Parsers of files that most servers don't have. They are loaded with the first of them: an idle server is 20 MB smaller. */
export const yaml = (): typeof import("yaml") => require("yaml");
export const csv = (): typeof import("csv-parse/sync") => require("csv-parse/sync");
