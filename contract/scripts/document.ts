import { writeFileSync } from "node:fs";
import { document } from "../src/document.ts";

writeFileSync(new URL("../../docs/contract.md", import.meta.url), document());
