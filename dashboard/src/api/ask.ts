import { Problem, problemOf } from "./problem.ts";

export const apiRoot = "/api/v1";

/** Asks this page's own server; every failure is a Problem. */
export async function ask<Answer>(path: string, init?: RequestInit): Promise<Answer> {
	const response = await fetch(`${apiRoot}${path}`, { headers: { accept: "application/json" }, ...init }).catch(
		(error: unknown) => {
			if (init?.signal?.aborted) throw error;
			throw new Problem("The server does not answer", 0, "cannot reach the server: the connection failed");
		},
	);
	if (!response.ok) throw await problemOf(response);
	return (await response.json()) as Answer;
}
