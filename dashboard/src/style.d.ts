import "react";

declare module "react" {
	/** Custom properties are how a component tells its stylesheet a number. */
	interface CSSProperties {
		[variable: `--${string}`]: string | number | undefined;
	}
}
