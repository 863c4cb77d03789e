import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		include: ["{contract,client,demo,server,dashboard,bench,docs,scripts,examples}/**/*.test.ts"],
		exclude: ["**/node_modules/**", "**/dist/**"],
		// Processes, not threads: the embedded database does not survive in a worker thread.
		pool: "forks",
		maxWorkers: 2,
		testTimeout: 30_000,
		hookTimeout: 60_000,
	},
});
