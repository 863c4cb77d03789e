import { Button, Menu, TextInput } from "@mantine/core";
import { IconCheck, IconChevronDown } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useReading } from "../reading/reading.tsx";
import { dayText, instantOfDay } from "../url/day.ts";
import { grainsFor } from "../url/grain.ts";
import { type Preset, periodLabel, presets } from "../url/period.ts";
import { addDays } from "../url/zone.ts";
import classes from "./filter-bar.module.css";

/** The period: a preset, or days of one's own; and how finely it is cut. */
export function PeriodMenu() {
	const { view, zone, range, grain, change } = useReading();
	const [opened, setOpened] = useState(false);
	const check = <IconCheck size={14} aria-hidden />;
	return (
		<Menu position="bottom-start" width={290} opened={opened} onChange={setOpened} keepMounted={false}>
			<Menu.Target>
				<Button
					variant="default"
					size="compact-sm"
					className={classes.button}
					rightSection={<IconChevronDown size={14} aria-hidden />}
				>
					{periodLabel(view.period, zone)}
				</Button>
			</Menu.Target>
			<Menu.Dropdown>
				{(Object.keys(presets) as Preset[]).map((preset) => (
					<Menu.Item
						key={preset}
						rightSection={"preset" in view.period && view.period.preset === preset ? check : undefined}
						onClick={() => change({ period: { preset }, grain: undefined })}
					>
						{presets[preset].label}
					</Menu.Item>
				))}
				<Menu.Divider />
				<CustomDays onDone={() => setOpened(false)} />
				<Menu.Divider />
				<Menu.Label>A bar per</Menu.Label>
				{grainsFor(range.from, range.to).map((choice) => (
					<Menu.Item key={choice} rightSection={choice === grain ? check : undefined} onClick={() => change({ grain: choice })}>
						{choice}
					</Menu.Item>
				))}
			</Menu.Dropdown>
		</Menu>
	);
}

function CustomDays({ onDone }: { onDone: () => void }) {
	const { range, zone, change } = useReading();
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
		// The menu moves its focus with the arrow keys; here they belong to the dates.
		<form className={classes.dates} onSubmit={submit} onKeyDown={(event) => event.key !== "Escape" && event.stopPropagation()}>
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
