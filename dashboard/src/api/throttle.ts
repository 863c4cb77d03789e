/** At once, then at most every so often, and never forgetting the last. */
export function throttle(act: () => void, everyMs: number): { (): void; cancel(): void } {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let refetch = false;
	const run = () => {
		refetch = false;
		act();
		timer = setTimeout(() => {
			timer = undefined;
			if (refetch) run();
		}, everyMs);
	};
	const call = () => {
		if (timer === undefined) run();
		else refetch = true;
	};
	return Object.assign(call, {
		cancel: () => {
			clearTimeout(timer);
			timer = undefined;
			refetch = false;
		},
	});
}
