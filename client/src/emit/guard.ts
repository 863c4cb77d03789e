/** Makes a method of something that may fail: the host never hears of it, it gets `otherwise`. */
export type Guard = <Arguments extends unknown[], Result>(
	act: (...given: Arguments) => Result,
	otherwise: Result,
) => (...given: Arguments) => Result;
