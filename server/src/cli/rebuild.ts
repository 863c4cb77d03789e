import { setTimeout as sleep } from "node:timers/promises";
import type { Rebuild, Status } from "@purser/api";
import type { CommandDefinition } from "./command.ts";
import { serverOf, serverOptions } from "./query-options.ts";
import { writeStatus } from "./terminal.ts";

const lookMs = 1000;

export const rebuild: CommandDefinition = Object.freeze<CommandDefinition>({
	name: "rebuild",
	brief: "Rebuild all rollups from raw records",
	detail:
		"Answers stay right meanwhile, but take longer. Nothing but a doubt calls for it: rollups are kept up to date by themselves.",
	options: [...serverOptions],
	examples: [{ command: "purser rebuild", brief: "Waits until it is done; after Ctrl-C the server continues" }],
	run: async (_args, options, surroundings) => {
		const server = serverOf(options, surroundings);
		const { stale_hours: all } = await server.post<Rebuild>("/api/v1/rollups/rebuild");
		writeStatus(`${all} hours to roll up, once questions that are under way have been answered.`);
		let said = all;
		for (;;) {
			const { rollups } = await server.get<Status>("/api/v1/status");
			const left = rollups?.waiting_hours ?? 0;
			if (left === 0) break;
			if (left <= said - Math.max(1, Math.floor(all / 20))) {
				writeStatus(`${left} hours left`);
				said = left;
			}
			await sleep(lookMs);
		}
		writeStatus("Done.");
	},
});
