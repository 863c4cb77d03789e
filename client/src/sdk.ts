import { createRequire } from "node:module";

/**
 * Loads the OpenTelemetry SDK on first use: a process with telemetry off pays nothing for it, and gRPC is loaded only where it
 * is used.
 */
const load = createRequire(import.meta.url);

export const api = () => load("@opentelemetry/api") as typeof import("@opentelemetry/api");
export const resourcesSdk = () => load("@opentelemetry/resources") as typeof import("@opentelemetry/resources");
export const logsSdk = () => load("@opentelemetry/sdk-logs") as typeof import("@opentelemetry/sdk-logs");
export const metricsSdk = () => load("@opentelemetry/sdk-metrics") as typeof import("@opentelemetry/sdk-metrics");
export const tracesSdk = () => load("@opentelemetry/sdk-trace") as typeof import("@opentelemetry/sdk-trace");
export const otlp = () => load("@opentelemetry/otlp-exporter-base") as typeof import("@opentelemetry/otlp-exporter-base");
export const otlpGrpc = () =>
	load("@opentelemetry/otlp-grpc-exporter-base") as typeof import("@opentelemetry/otlp-grpc-exporter-base");
export const otlpWire = () => load("@opentelemetry/otlp-transformer") as typeof import("@opentelemetry/otlp-transformer");
export const prometheusSdk = () =>
	load("@opentelemetry/exporter-prometheus") as typeof import("@opentelemetry/exporter-prometheus");
