import { randomBytes } from "node:crypto";
import { partOfRequest, recordsOf } from "../otlp/part-of-request.ts";
import { digestBytes, type JournaledRequest } from "./segment.ts";

/**
 * Divides requests into two halves of about as many records, or the only request's records into two. Returns undefined for a single
 * record.
 */
export function halve(requests: readonly JournaledRequest[]): [JournaledRequest[], JournaledRequest[]] | undefined {
	if (requests.length > 1) {
		const half = requests.reduce((sum, { rows }) => sum + rows, 0) / 2;
		let rows = requests[0]!.rows;
		let end = 1;
		while (end < requests.length - 1 && rows + requests[end]!.rows <= half) rows += requests[end++]!.rows;
		return [requests.slice(0, end), requests.slice(end)];
	}
	const [request] = requests;
	const records = request ? recordsOf(request.wire) : 0;
	if (!request || records < 2) return undefined;
	const middle = records >> 1;
	const part = (from: number, to: number): JournaledRequest => {
		const isFirst = from === 0;
		// Their number of rows is only known when they are decoded: a metric may have several points.
		const rows = isFirst ? Math.floor(request.rows / 2) : request.rows - Math.floor(request.rows / 2);
		const digest = isFirst ? request.digest : randomBytes(digestBytes);
		return { ...request, digest, rows, wire: partOfRequest(request.wire, from, to) };
	};
	return [[part(0, middle)], [part(middle, records)]];
}
