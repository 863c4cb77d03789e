import { exactValue, type Unit } from "../format/value.ts";
import type { Series } from "./series.ts";

interface Content {
	title: string;
	series: readonly Series[];
	colours: ReadonlyMap<string, string>;
	index: number;
	unit: Unit;
	/** True if their sum is meaningful. */
	together: boolean;
	/** Sentences below the values. */
	notes?: readonly string[];
}

/** Shows the exact values of one bucket. Built from nodes and never from markup: names come from senders. */
export function tooltip({ title, series, colours, index, unit, together, notes = [] }: Content): HTMLElement {
	const box = document.createElement("div");
	box.className = "chart-tooltip";
	add(box, "strong", title);
	// As the bars stand: the last is on top.
	const order = together ? series.toReversed() : series;
	const shown = order.filter(({ values }) => (values[index] ?? 0) !== 0);
	for (const { name, label, values } of shown) addRow(box, label, exactValue(unit, values[index] ?? null), colours.get(name));
	if (shown.length === 0) add(box, "span", "nothing");
	if (together && shown.length > 1) {
		addRow(
			box,
			"together",
			exactValue(
				unit,
				shown.reduce((sum, { values }) => sum + (values[index] ?? 0), 0),
			),
		);
	}
	for (const note of notes) add(box, "span", note);
	return box;
}

function addRow(box: HTMLElement, label: string, value: string, colour?: string): void {
	const row = document.createElement("div");
	const mark = document.createElement("i");
	if (colour !== undefined) mark.style.background = colour;
	row.append(mark);
	add(row, "span", label);
	add(row, "b", value);
	box.append(row);
}

function add(parent: HTMLElement, tag: string, text: string): void {
	const element = document.createElement(tag);
	element.textContent = text;
	parent.append(element);
}
