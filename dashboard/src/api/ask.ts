import { Problem, problemOf } from "./problem.ts";

export const apiRoot = "/api/v1";

/** Parameters of a question: texts, numbers, switches and lists of texts. */
export type Parameters = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** The address of a question with its parameters. */
export function addressOf(path: string, parameters: Parameters = {}): string {
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(parameters)) {
		for (const each of Array.isArray(value) ? value : [value]) if (each !== undefined) search.append(name, String(each));
	}
	return `${apiRoot}${path}${search.size > 0 ? `?${search}` : ""}`;
}

/** Asks this page's own server; every failure is a Problem. */
export async function ask<Answer>(path: string, parameters: Parameters = {}, init?: RequestInit): Promise<Answer> {
	const response = await fetch(addressOf(path, parameters), { headers: { accept: "application/json" }, ...init }).catch(
		(error: unknown) => {
			if (init?.signal?.aborted) throw error;
			throw new Problem("The server does not answer", 0, "cannot reach the server: the connection failed");
		},
	);
	if (!response.ok) throw await problemOf(response);
	return (await response.json()) as Answer;
}
