import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { throttle } from "./throttle.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("acts at once, then at most every so often, and does not forget the last", () => {
	let acted = 0;
	const act = throttle(() => acted++, 2000);
	act();
	expect(acted).toBe(1);
	for (let i = 0; i < 10; i++) act();
	expect(acted).toBe(1);
	vi.advanceTimersByTime(2000);
	expect(acted).toBe(2);
	vi.advanceTimersByTime(10_000);
	expect(acted).toBe(2);
});

it("is quiet once cancelled", () => {
	let acted = 0;
	const act = throttle(() => acted++, 1000);
	act();
	act();
	act.cancel();
	vi.advanceTimersByTime(5000);
	expect(acted).toBe(1);
});
