import { Modal, useMantineColorScheme } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { dimensionLabel, valueLabel } from "../format/labels.ts";
import { compactNumber } from "../format/number.ts";
import { withFilter } from "../url/filter.ts";
import { useDimensions } from "../view/use-dimensions.ts";
import { useValues } from "../view/use-values.ts";
import { useViewState } from "../view/view-state.tsx";
import classes from "./command-palette.module.css";
import { type Command, commandsFor, matching } from "./commands.ts";
import { onPaletteOpened } from "./palette-open.ts";

/** ⌘K: go anywhere, filter by anything, without leaving the keyboard. */
export function CommandPalette() {
	const [opened, setOpened] = useState(false);
	useEffect(() => onPaletteOpened(() => setOpened(true)), []);
	useHotkeys([["mod+K", () => setOpened((open) => !open)]], []);
	return (
		<Modal
			opened={opened}
			onClose={() => setOpened(false)}
			withCloseButton={false}
			padding={0}
			size={560}
			yOffset="12vh"
			attributes={{ content: { "aria-label": "Commands" } }}
		>
			{opened && <Palette onDone={() => setOpened(false)} />}
		</Modal>
	);
}

function Palette({ onDone }: { onDone: () => void }) {
	const { view, href, pages } = useViewState();
	const [, navigate] = useLocation();
	const { setColorScheme } = useMantineColorScheme();
	const dimensions = useDimensions();
	const [typed, setTyped] = useState("");
	const [dimension, setDimension] = useState<string | undefined>();
	const [selected, setSelected] = useState(0);
	const { values, failed } = useValues(dimension);
	const list = useId();
	// At once, rather than with the dialog a moment later: the first letter typed is not lost.
	const field = useRef<HTMLInputElement>(null);
	useLayoutEffect(() => field.current?.focus(), []);

	const go = (path: string) => navigate(path);
	const all: Command[] =
		dimension === undefined
			? commandsFor({
					pages: pages.filter(({ icon }) => icon !== undefined),
					// The overview as it was left, not the bare one.
					go: (path) => go(href({}, path)),
					period: (preset) => go(href({ period: { preset }, grain: undefined }, "/")),
					scheme: setColorScheme,
					dimensions,
					clear: view.filters.length > 0 ? () => go(href({ filters: [] })) : undefined,
				})
			: (values ?? []).map(({ value, events }) => ({
					id: value,
					label: valueLabel(dimension, value),
					hint: compactNumber(events),
					act: () => go(href({ filters: withFilter(view.filters, { dimension, value, excluded: false }) })),
				}));
	const found = matching(all, typed).slice(0, 60);
	const current = Math.min(selected, found.length - 1);

	const run = (command: Command | undefined) => {
		if (!command) return;
		setTyped("");
		setSelected(0);
		if (command.dimension !== undefined) return setDimension(command.dimension);
		command.act();
		onDone();
	};
	const onKeyDown = (event: KeyboardEvent) => {
		const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
		if (step !== 0) {
			event.preventDefault();
			setSelected((current + step + found.length) % Math.max(1, found.length));
		} else if (event.key === "Enter") {
			event.preventDefault();
			run(found[current]);
		} else if (event.key === "Backspace" && typed === "" && dimension !== undefined) {
			setDimension(undefined);
		}
	};

	return (
		<div className={classes.palette}>
			<input
				ref={field}
				className={classes.input}
				data-autofocus
				role="combobox"
				aria-expanded
				aria-controls={list}
				aria-activedescendant={found[current] ? `${list}-${current}` : undefined}
				aria-label={dimension === undefined ? "Command" : `Filter by ${dimensionLabel(dimension)}`}
				placeholder={dimension === undefined ? "Go to, filter by, show …" : `${dimensionLabel(dimension)} is …`}
				value={typed}
				onChange={(event) => {
					setTyped(event.currentTarget.value);
					setSelected(0);
				}}
				onKeyDown={onKeyDown}
			/>
			<Options id={list} commands={found} current={current} onRun={run} />
			{found.length === 0 && <p className={classes.none}>{failed ?? noneOf(dimension, values)}</p>}
		</div>
	);
}

interface OptionsProps {
	id: string;
	commands: readonly Command[];
	current: number;
	onRun: (command: Command) => void;
}

const Options = ({ id, commands, current, onRun }: OptionsProps) => (
	<div role="listbox" id={id} aria-label="Commands" className={classes.list}>
		{commands.map((command, index) => (
			// biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled where the focus is, in the field above.
			<div
				key={command.id}
				id={`${id}-${index}`}
				role="option"
				tabIndex={-1}
				aria-selected={index === current}
				className={classes.option}
				ref={index === current ? (element) => element?.scrollIntoView({ block: "nearest" }) : undefined}
				onClick={() => onRun(command)}
			>
				<span>{command.label}</span>
				<span className={classes.hint}>{command.hint}</span>
			</div>
		))}
	</div>
);

const noneOf = (dimension: string | undefined, values: readonly unknown[] | undefined): string => {
	if (dimension === undefined) return "Nothing is called that.";
	if (!values) return "Loading …";
	return values.length === 0
		? `No ${dimensionLabel(dimension)} in this period.`
		: `No ${dimensionLabel(dimension)} is called that.`;
};
