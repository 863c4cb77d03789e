import { connect } from "node:net";
import { type Inputs, judge } from "./inputs.ts";
import type { Random } from "./random.ts";
import type { Target } from "./target.ts";

type Parameter = {
	readonly name: string;
	readonly in: string;
	readonly required?: boolean;
	readonly schema?: { readonly enum?: readonly string[] };
};
type Documented = {
	readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly parameters?: readonly Parameter[] }>>>>;
};

/** Every route with its own parameters and others, with values of every kind; and requests that are none. */
export const routes: Inputs = async (random, target) => {
	const { paths } = await target.server.get<Documented>("/openapi.json");
	const all = Object.entries(paths).flatMap(([path, methods]) =>
		Object.entries(methods)
			// A stream does not end; a probe and a rebuild do the same for any input, and take long.
			.filter(([method]) => !path.endsWith("/stream") && !/probe|rebuild/.test(path) && method !== "parameters")
			.map(([method, { parameters = [] }]) => ({ path, method: method.toUpperCase(), parameters })),
	);
	const catalog = await target.server.get<{ measures: { name: string }[]; dimensions: { name: string }[] }>("/api/v1/catalog");
	const measures = catalog.measures.map(({ name }) => name);
	const dimensions = catalog.dimensions.map(({ name }) => name);
	const words = [
		...measures,
		...dimensions,
		"label.team.id",
		"time",
		"hour",
		"Europe/Berlin",
		"-7d",
		"now",
		"2026-03-01",
		"json",
		"csv",
		"1",
		"100",
		"-cost_usd",
		"person:known@example.com",
	];
	const value = ({ name, schema }: Parameter): string => {
		if (random.oneIn(2)) return random.text();
		if (schema?.enum && random.oneIn(2)) return random.of(schema.enum);
		if (name === "measure") return random.list(3, () => random.of(measures)).join(",");
		if (name === "by" || name === "order")
			return random.list(3, () => random.of([...dimensions, `label.${random.text()}`])).join(",");
		if (name === "where")
			return `${random.of([...dimensions, `label.${random.text()}`])}${random.of([":", "!:", ""])}${random.text()}`;
		return random.of(words);
	};
	return () => {
		if (random.oneIn(20)) return rawRequest(random, target);
		const { path, method, parameters } = random.of(all);
		const query = new URLSearchParams();
		for (const parameter of parameters.filter((each) => each.in === "query"))
			if (parameter.required || random.oneIn(3)) query.append(parameter.name, value(parameter));
		if (random.oneIn(10)) query.append(random.text(), random.text());
		const filled = path.replace(/\{\w+\}/g, () =>
			encodeURIComponent(random.of([random.text().toWellFormed(), "active_people", "known-1"]) || "x"),
		);
		const address = `http://${target.web}${filled}?${query}`;
		return {
			what: `${method} ${address}`,
			run: async () => {
				const response = await fetch(address, { method });
				return judge(response.status, await response.text(), target);
			},
		};
	};
};

/** Bytes on a port that may be HTTP. Whatever is answered, the next request is. */
function rawRequest(random: Random, target: Target) {
	const address = random.of([target.web, target.http, target.sql, target.server.grpc]);
	const line = random.of([
		"GET //a:99999/ HTTP/1.1",
		"GET http://[::1/ HTTP/1.1",
		"GET % HTTP/1.1",
		"OPTIONS * HTTP/1.1",
		"PRI * HTTP/2.0",
		`GET /${random.text()} HTTP/1.1`,
		`${random.text()} / HTTP/1.1`,
		random.text(),
	]);
	const headers = random.list(
		4,
		() =>
			`${random.of(["Host", "Content-Length", "Transfer-Encoding", "Expect", "Upgrade", "Authorization", random.text()])}: ${random.text()}`,
	);
	const bytes = Buffer.from(`${line}\r\n${headers.join("\r\n")}\r\n\r\n${random.oneIn(3) ? random.text() : ""}`);
	return {
		what: `${bytes.toString("latin1")} to ${address}`,
		run: () =>
			new Promise<string | undefined>((resolve) => {
				const [host, port] = address.split(":");
				const socket = connect(Number(port), host);
				let answer = "";
				socket.setTimeout(1000, () => socket.destroy());
				socket.on("connect", () => socket.end(bytes));
				socket.on("data", (chunk) => {
					answer += chunk.toString("latin1");
				});
				socket.on("error", () => undefined);
				socket.on("close", () =>
					resolve(/^HTTP\/1\.1 500/.test(answer) && address !== target.sql ? answer.slice(0, 300) : undefined),
				);
			}),
	};
}
