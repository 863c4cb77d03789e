import { Autocomplete, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch, IconX } from "@tabler/icons-react";
import { type RefObject, useEffect, useState } from "react";
import type { EventFilter, EventQuestion } from "../api/events.ts";
import { instant } from "../format/instant.ts";
import { shortId } from "../format/labels.ts";
import chips from "../layout/filter-bar.module.css";
import { readerZone } from "../url/zone.ts";
import { useValues } from "../view/use-values.ts";
import classes from "./live.module.css";

interface Props {
	question: EventQuestion;
	onChange: (patch: Partial<EventQuestion>) => void;
	wordsRef: RefObject<HTMLInputElement | null>;
}

/** Words, event, person, tool as fields; session, prompt and period as chips, because they come from links. */
export function LiveFilters({ question, onChange, wordsRef }: Props) {
	const [words, setWords] = useState(question.q);
	const commit = useDebouncedCallback((q: string) => onChange({ q }), 250);
	useEffect(() => setWords(question.q), [question.q]);
	return (
		<div className={classes.filters}>
			<TextInput
				ref={wordsRef}
				classNames={{ input: classes.input, root: classes.words }}
				aria-label="Words in the events"
				placeholder="Words …"
				leftSection={<IconSearch size={14} aria-hidden />}
				value={words}
				onChange={(event) => {
					setWords(event.currentTarget.value);
					commit(event.currentTarget.value);
				}}
				onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
			/>
			{(["event", "person", "tool"] as const).map((name) => (
				<Field key={name} name={name} value={question[name]} onChange={(value) => onChange({ [name]: value })} />
			))}
			{(["session", "prompt"] as const).map(
				(name) =>
					question[name] !== "" && (
						<Chip key={name} name={name} value={shortId(question[name])} onRemove={() => onChange({ [name]: "" })} />
					),
			)}
			{(question.from !== "" || question.to !== "") && (
				<Chip
					name="time"
					value={`${shown(question.from, "earliest")} – ${shown(question.to, "now")}`}
					onRemove={() => onChange({ from: "", to: "" })}
				/>
			)}
			<span className={chips.zone}>{readerZone()}</span>
		</div>
	);
}

const shown = (time: string, none: string): string =>
	time === "" || time === "now" ? none : time.startsWith("-") ? time : instant(time, "dayMinute", readerZone());

function Field({ name, value, onChange }: { name: EventFilter; value: string; onChange: (value: string) => void }) {
	const [typed, setTyped] = useState(value);
	const [result, setAsked] = useState(false);
	const { values } = useValues(result ? name : undefined);
	useEffect(() => setTyped(value), [value]);
	const commit = (text: string) => text !== value && onChange(text);
	return (
		<Autocomplete
			withScrollArea={false}
			classNames={{ input: classes.input, root: classes.field, options: chips.options }}
			aria-label={`Only this ${name}`}
			placeholder={`any ${name}`}
			clearable
			limit={40}
			data={(values ?? []).map(({ value }) => value).filter((value) => value !== "")}
			value={typed}
			onFocus={() => setAsked(true)}
			onChange={(text) => {
				setTyped(text);
				if (text === "") commit("");
			}}
			onOptionSubmit={commit}
			onBlur={() => commit(typed)}
			onKeyDown={(event) => event.key === "Enter" && commit(typed)}
		/>
	);
}

const Chip = ({ name, value, onRemove }: { name: string; value: string; onRemove: () => void }) => (
	<span className={chips.chip}>
		<span className={chips.turn}>
			{name} <strong>{value}</strong>
		</span>
		<button type="button" className={chips.remove} aria-label={`Remove the filter ${name}`} onClick={onRemove}>
			<IconX size={13} stroke={2} aria-hidden />
		</button>
	</span>
);
