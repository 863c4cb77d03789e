import type { CommandDefinition } from "./command.ts";
import { demo } from "./demo.ts";
import { doctor } from "./doctor.ts";
import { events } from "./events.ts";
import { journalExport, journalList, journalRetry } from "./journal.ts";
import { keysAdd, keysList, keysRemove } from "./keys.ts";
import { query } from "./query.ts";
import { rebuild } from "./rebuild.ts";
import { serve } from "./serve.ts";
import { sessions } from "./sessions.ts";
import { status } from "./status.ts";
import { tail } from "./tail.ts";
import { usage } from "./usage.ts";

/** Every command, in the order of the help. */
export const commands: readonly CommandDefinition[] = Object.freeze([
	serve,
	demo,
	status,
	usage,
	query,
	sessions,
	events,
	tail,
	rebuild,
	doctor,
	journalList,
	journalRetry,
	journalExport,
	keysAdd,
	keysList,
	keysRemove,
]);
