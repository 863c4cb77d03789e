import { createServer, request } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

export type Proxy = { readonly url: string; readonly asked: string[]; readonly close: () => Promise<void> };

/** A proxy as HTTP has it: whole addresses in requests, and CONNECT for what is encrypted. */
export async function openProxy(): Promise<Proxy> {
	const asked: string[] = [];
	const sockets = new Set<Socket>();
	const server = createServer((message, response) => {
		asked.push(`${message.method} ${message.url}`);
		const { method, headers, url } = message;
		const onward = request(url!, { method: method!, headers }, (answer) => {
			response.writeHead(answer.statusCode!, answer.headers);
			answer.pipe(response);
		});
		onward.on("error", () => response.writeHead(502).end());
		message.pipe(onward);
	});
	server.on("connect", ({ url }, socket) => {
		asked.push(`CONNECT ${url}`);
		const { hostname, port } = new URL(`http://${url}`);
		const onward = connect(Number(port), hostname, () => {
			socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
			onward.pipe(socket);
			socket.pipe(onward);
		});
		for (const end of [onward, socket]) end.on("error", () => undefined);
		sockets.add(onward);
	});
	server.on("connection", (socket) => sockets.add(socket));
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		asked,
		close: async () => {
			for (const socket of sockets) socket.destroy();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}
