/** Lets any button open the command palette without knowing where it is mounted. */
const listeners = new Set<() => void>();

export function openPalette(): void {
	for (const listener of listeners) listener();
}

export function onPaletteOpened(listener: () => void): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}
