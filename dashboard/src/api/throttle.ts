/** At once, then at most every so often, and never forgetting the last. */
export function throttle(act: () => void, everyMs: number): { (): void; cancel(): void } {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let again = false;
	const run = () => {
		again = false;
		act();
		timer = setTimeout(() => {
			timer = undefined;
			if (again) run();
		}, everyMs);
	};
	const call = () => {
		if (timer === undefined) run();
		else again = true;
	};
	return Object.assign(call, {
		cancel: () => {
			clearTimeout(timer);
			timer = undefined;
			again = false;
		},
	});
}
