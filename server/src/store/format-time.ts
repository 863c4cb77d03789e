/** Milliseconds since 1970 as the store reads a DateTime64 in UTC: `2026-11-21 09:30:00.000`. */
export const formatTime = (ms: number): string => new Date(ms).toISOString().replace("T", " ").replace("Z", "");
