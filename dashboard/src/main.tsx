import "@mantine/core/styles.css";
import "./page.css";
import "./charts/charts.css";
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { asProblem } from "./api/problem.ts";
import { openStream } from "./api/stream.ts";
import { App } from "./app.tsx";
import { theme, variables } from "./theme.ts";

const queries = new QueryClient({
	defaultOptions: {
		queries: {
			// What passes by itself is asked again, and what will never have an answer is not.
			retry: (failures, error) => failures < 2 && asProblem(error).passes,
			retryDelay: (failures) => 1000 * 2 ** failures,
			staleTime: 2000,
			refetchOnWindowFocus: true,
		},
	},
});

openStream();

createRoot(document.getElementById("root") as HTMLElement).render(
	<StrictMode>
		<MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
			<QueryClientProvider client={queries}>
				<App />
			</QueryClientProvider>
		</MantineProvider>
	</StrictMode>,
);
