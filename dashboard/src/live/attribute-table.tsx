import type { Json } from "@purser/api";
import classes from "./event-drawer.module.css";

interface Props {
	title: string;
	values: Record<string, Json>;
	/** Kinds that JSON cannot express. */
	types: Record<string, string>;
}

/** Every attribute as it came: name, value, and what kind of value it was on the wire. */
export function AttributeTable({ title, values, types }: Props) {
	const names = Object.keys(values);
	if (names.length === 0) return null;
	return (
		<section>
			<h3 className={classes.heading}>{title}</h3>
			<table className={classes.table}>
				<caption className="out-of-sight">{title}: name, value and type</caption>
				<colgroup>
					<col className={classes.nameColumn} />
					<col />
					<col className={classes.kindColumn} />
				</colgroup>
				<tbody>
					{names.map((name) => (
						<tr key={name}>
							<th scope="row">{name}</th>
							<td className={classes.value}>{shownValue(values[name])}</td>
							<td className={classes.kind}>{types[name] ?? kindOf(values[name])}</td>
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}

const shownValue = (value: Json | undefined): string =>
	value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value, null, 1) : String(value);

function kindOf(value: Json | undefined): string {
	if (value === null || value === undefined) return "empty";
	if (Array.isArray(value)) return "array";
	if (typeof value === "number") return Number.isInteger(value) ? "int" : "double";
	if (typeof value === "boolean") return "bool";
	return typeof value === "object" ? "map" : "string";
}
