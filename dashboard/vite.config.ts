import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** `npm run dev` looks at a running Purser; the build is served by Purser itself, from its own origin. */
export default defineConfig({
	plugins: [react()],
	server: { proxy: { "/api": "http://127.0.0.1:4319" } },
	build: {
		target: "es2022",
		// No data: URLs for scripts and none needed for images: what is small stays a file that the policy allows.
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		chunkSizeWarningLimit: 900,
	},
});
