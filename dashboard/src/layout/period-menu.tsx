import { Button, Popover, TextInput } from "@mantine/core";
import { IconCheck, IconChevronDown } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { dayText, instantOfDay } from "../url/day.ts";
import { grainsFor } from "../url/grain.ts";
import { type Preset, periodLabel, presets } from "../url/period.ts";
import { addDays } from "../url/zone.ts";
import { useViewState } from "../view/view-state.tsx";
import classes from "./filter-bar.module.css";

/** The period: a preset, or days of one's own; and how finely it is cut. */
export function PeriodMenu() {
	const { view, zone, range, grain, change } = useViewState();
	const [opened, setOpened] = useState(false);
	const choose = (patch: Parameters<typeof change>[0]) => {
		change(patch);
		setOpened(false);
	};
	return (
		<Popover
			position="bottom-start"
			width={360}
			styles={{ dropdown: { padding: 0 } }}
			opened={opened}
			onChange={setOpened}
			trapFocus
			withRoles
		>
			<Popover.Target>
				<Button
					variant="default"
					size="compact-sm"
					className={classes.button}
					rightSection={<IconChevronDown size={14} aria-hidden />}
					onClick={() => setOpened(!opened)}
				>
					{periodLabel(view.period, zone)}
				</Button>
			</Popover.Target>
			<Popover.Dropdown>
				<ul className={classes.choices}>
					{(Object.keys(presets) as Preset[]).map((preset) => (
						<Choice
							key={preset}
							label={presets[preset].label}
							chosen={"preset" in view.period && view.period.preset === preset}
							onChoose={() => choose({ period: { preset }, grain: undefined })}
						/>
					))}
				</ul>
				<CustomDays onDone={() => setOpened(false)} />
				<ul className={classes.choices} aria-label="A bar per">
					{grainsFor(range.from, range.to).map((choice) => (
						<Choice
							key={choice}
							label={`A bar per ${choice}`}
							chosen={choice === grain}
							onChoose={() => choose({ grain: choice })}
						/>
					))}
				</ul>
			</Popover.Dropdown>
		</Popover>
	);
}

const Choice = ({ label, chosen, onChoose }: { label: string; chosen: boolean; onChoose: () => void }) => (
	<li>
		<button type="button" className={classes.choice} aria-pressed={chosen} onClick={onChoose}>
			{label}
			{chosen && <IconCheck size={14} aria-hidden />}
		</button>
	</li>
);

function CustomDays({ onDone }: { onDone: () => void }) {
	const { range, zone, change } = useViewState();
	const [first, setFirst] = useState(dayText(range.from, zone));
	const [last, setLast] = useState(dayText(range.to - 1, zone));
	const from = instantOfDay(first, zone);
	const lastDay = instantOfDay(last, zone);
	const valid = from !== undefined && lastDay !== undefined && from <= lastDay;
	const submit = (event: FormEvent) => {
		event.preventDefault();
		if (!valid) return;
		change({ period: { from, to: addDays(lastDay, 1, zone) }, grain: undefined });
		onDone();
	};
	return (
		<form className={classes.dates} onSubmit={submit}>
			<TextInput type="date" size="xs" label="From" value={first} onChange={(event) => setFirst(event.currentTarget.value)} />
			<TextInput
				type="date"
				size="xs"
				label="To, inclusive"
				value={last}
				onChange={(event) => setLast(event.currentTarget.value)}
			/>
			<Button type="submit" size="xs" disabled={!valid}>
				Show
			</Button>
		</form>
	);
}
