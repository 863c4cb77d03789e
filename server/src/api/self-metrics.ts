import type { Health } from "./status.ts";

/** Purser's own metrics in Prometheus' text format. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function ownMetrics(health: Health): string {
	const lines: string[] = [];
	const metric = (name: string, type: "counter" | "gauge", help: string, values: readonly (readonly [string, number])[]) => {
		lines.push(`# HELP purser_${name} ${help}`, `# TYPE purser_${name} ${type}`);
		for (const [labels, value] of values) lines.push(`purser_${name}${labels} ${value}`);
	};
	const bySignal = (of: "requests" | "received" | "accepted" | "rejected" | "cut" | "duplicate" | "stored") =>
		Object.entries(health.ingestStats.signals).map(([signal, counts]) => [`{signal="${signal}"}`, counts[of]] as const);
	metric("requests_total", "counter", "Export requests answered.", bySignal("requests"));
	metric("records_received_total", "counter", "Records that came.", bySignal("received"));
	metric("records_accepted_total", "counter", "Records made durable.", bySignal("accepted"));
	metric("records_rejected_total", "counter", "Records that could not be kept.", bySignal("rejected"));
	metric("values_cut_total", "counter", "Values that were longer than what is kept of them.", bySignal("cut"));
	metric("records_stored_total", "counter", "Records loaded into the store.", bySignal("stored"));
	metric("duplicate_requests_total", "counter", "Requests that had been counted before.", bySignal("duplicate"));
	metric("requests_refused_total", "counter", "Requests turned away.", [["", health.ingestStats.refused]]);
	const journal = health.journal();
	metric("journal_backlog_records", "gauge", "Records acknowledged and not yet in the store.", [["", journal.rows]]);
	metric("journal_backlog_bytes", "gauge", "Size of the journal.", [["", journal.bytes]]);
	metric("journal_quarantined_records", "gauge", "Records acknowledged that could not be loaded.", [["", journal.quarantined]]);
	metric("journal_full", "gauge", "1 while senders are asked to wait for disk space.", [["", journal.state === "full" ? 1 : 0]]);
	const store = health.store();
	metric("store_ready", "gauge", "1 while the store answers.", [["", store.state === "ready" ? 1 : 0]]);
	metric("engine_restarts_total", "counter", "Times the embedded engine was started again.", [["", store.restarts]]);
	metric("process_resident_memory_bytes", "gauge", "Resident memory of the front process.", [["", process.memoryUsage.rss()]]);
	metric("process_cpu_seconds_total", "counter", "CPU time of the front process.", [
		["", (process.cpuUsage().user + process.cpuUsage().system) / 1e6],
	]);
	return `${lines.join("\n")}\n`;
}
