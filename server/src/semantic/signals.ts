/** Tables of each signal's records. */
export const signalTables = Object.freeze({ events: "events", metrics: "points", spans: "spans" } as const);
export type SignalName = keyof typeof signalTables;
export const signalNames = Object.freeze(Object.keys(signalTables)) as readonly SignalName[];
