import { type Filter, writeFilter } from "../url/filter.ts";

/** A period with filters, as every page has them. */
export interface ViewPeriod {
	from: number;
	to: number;
	filters: readonly Filter[];
}

/** The parameters of a question about the view. */
export const viewParameters = ({ from, to, filters }: ViewPeriod, tz?: string) => ({
	from: new Date(from).toISOString(),
	to: new Date(to).toISOString(),
	...(tz !== undefined && { tz }),
	...(filters.length > 0 && { where: filters.map(writeFilter) }),
});
