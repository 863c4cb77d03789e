import "react";

declare module "react" {
	/** Components pass numbers to their stylesheets as custom properties. */
	interface CSSProperties {
		[variable: `--${string}`]: string | number | undefined;
	}
}
