import type { TimeRange } from "../semantic/rollup-freshness.ts";
import { aroundMs, hourMs } from "./dirty-hours.ts";

/** More hours than this share one version: a sender can invent as many as it likes. */
const maxHours = 20_000;

/** Numbers the changes of stored records by hour, so that results that read other hours stay valid. */
export class RecordVersions {
	readonly #hours = new Map<number, number>();
	#latest = 1;
	/** The latest change that may concern any hour. */
	#everywhere = 1;

	/** Records of these hours, given by their first millisecond, were added, removed or rolled up. */
	changed(hours: readonly number[]): void {
		this.#latest++;
		for (const hour of hours) this.#hours.set(hour, this.#latest);
		if (this.#hours.size > maxHours) this.changedEverywhere();
	}

	/** Any record may count differently: people or prices changed, or records expired. */
	changedEverywhere(): void {
		this.#everywhere = ++this.#latest;
		this.#hours.clear();
	}

	/** The version of the records that a question about a period reads: the same number as long as none of them changed. */
	of({ fromMs, toMs }: TimeRange): number {
		let version = this.#everywhere;
		for (const [hour, changed] of this.#hours) {
			if (changed > version && hour + hourMs > fromMs - aroundMs && hour < toMs + aroundMs) version = changed;
		}
		return version;
	}
}
