import { cliPage } from "./cli-page.ts";
import { configurationPage } from "./configuration-page.ts";
import { queriesPage } from "./queries-page.ts";
import { schemaPage } from "./schema-page.ts";

/** Pages in docs/ that are derived, by file name. */
export const pages: Readonly<Record<string, () => string>> = Object.freeze({
	"cli.md": cliPage,
	"configuration.md": configurationPage,
	"queries.md": queriesPage,
	"schema.md": schemaPage,
});
