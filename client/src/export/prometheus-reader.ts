import { createServer } from "node:http";
import type { MetricReader } from "@opentelemetry/sdk-metrics";
import { messageOf } from "../messages.ts";
import { prometheusSdk } from "../sdk.ts";

/**
 * Serves metrics to Prometheus at `/metrics`. A port that is in use, e.g. by another process of the same agent, is noted and
 * changes nothing else; neither the port nor a scrape keeps the process alive.
 */
export function prometheusReader(
	{ host, port }: { readonly host: string | undefined; readonly port: number },
	abortSignal: AbortSignal,
	note: (message: string) => void,
): MetricReader {
	const { PrometheusExporter } = prometheusSdk();
	const exporter = new PrometheusExporter({ preventServerStart: true });
	// The SDK's own server would listen on localhost only, and let an open connection hold the process.
	const server = createServer((request, response) => {
		if (request.url?.split("?")[0] === "/metrics") exporter.getMetricsRequestHandler(request, response);
		else response.writeHead(404).end();
	});
	server.on("error", (error) =>
		note(`cannot be scraped on port ${port}: ${messageOf(error)}; set OTEL_EXPORTER_PROMETHEUS_PORT`),
	);
	server.on("connection", (socket) => socket.unref());
	server.listen({ port, ...(host && { host }) }).unref();
	abortSignal.addEventListener("abort", () => {
		server.close();
		server.closeAllConnections();
	});
	return exporter;
}
