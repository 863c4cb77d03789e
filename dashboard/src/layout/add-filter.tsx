import { Button, Popover, Select } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { dimensionLabel, valueLabel } from "../format/labels.ts";
import { compactNumber } from "../format/number.ts";
import { withFilter } from "../url/filter.ts";
import { useDimensions } from "../view/use-dimensions.ts";
import { useValues } from "../view/use-values.ts";
import { useViewState } from "../view/view-state.tsx";
import classes from "./filter-bar.module.css";

/** Adds a filter: dimension first, then value. Values are those of the period, so that no filter leads nowhere. */
export function AddFilter() {
	const { view, change } = useViewState();
	const [opened, setOpened] = useState(false);
	const [dimension, setDimension] = useState<string | null>(null);
	const dimensions = useDimensions();
	const { values, failed } = useValues(opened ? (dimension ?? undefined) : undefined);
	const close = () => {
		setOpened(false);
		setDimension(null);
	};
	const add = (value: string | null) => {
		if (value === null || dimension === null) return;
		change({ filters: withFilter(view.filters, { dimension, value: value.slice(1), excluded: false }) });
		close();
	};
	const inside = { withinPortal: false, middlewares: { flip: true, shift: true } };
	return (
		<Popover
			opened={opened}
			onChange={(open) => (open ? setOpened(true) : close())}
			position="bottom-start"
			width={290}
			trapFocus
			withRoles
		>
			<Popover.Target>
				<Button
					variant="subtle"
					size="compact-sm"
					className={classes.add}
					leftSection={<IconPlus size={14} aria-hidden />}
					onClick={() => setOpened(!opened)}
				>
					Filter
				</Button>
			</Popover.Target>
			<Popover.Dropdown>
				<div className={classes.pop}>
					<Select
						label="By"
						size="sm"
						searchable
						data-autofocus
						placeholder="model, person, repository …"
						comboboxProps={inside}
						withScrollArea={false}
						classNames={{ options: classes.options }}
						data={dimensions.map(({ name }) => ({ value: name, label: dimensionLabel(name) }))}
						value={dimension}
						onChange={setDimension}
						description={dimensions.find(({ name }) => name === dimension)?.brief}
					/>
					{dimension !== null && (
						<Select
							// A new one for each dimension: what was typed for the last is not meant for this.
							key={dimension}
							label="Is"
							autoFocus
							defaultDropdownOpened
							size="sm"
							searchable
							comboboxProps={inside}
							withScrollArea={false}
							classNames={{ options: classes.options }}
							placeholder={values ? `one of ${values.length}` : failed ? "" : "loading …"}
							error={failed}
							nothingFoundMessage={values ? "No such value in this period" : undefined}
							// The mark keeps an empty value apart from no choice.
							data={(values ?? []).map(({ value, events }) => ({
								value: `=${value}`,
								label: `${valueLabel(dimension, value)} · ${compactNumber(events)} ${events === 1 ? "event" : "events"}`,
							}))}
							value={null}
							onChange={add}
						/>
					)}
				</div>
			</Popover.Dropdown>
		</Popover>
	);
}
