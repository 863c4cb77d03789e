import type { Status } from "@purser/api";
import { useQuery } from "@tanstack/react-query";
import { ask } from "./ask.ts";

/** Fetched again on every message of the stream, and at intervals. */
export const useStatus = (everyMs = 15_000) =>
	useQuery({ queryKey: ["status"], queryFn: () => ask<Status>("/status"), refetchInterval: everyMs, staleTime: 1000 });
