import { Checkbox, SegmentedControl } from "@mantine/core";
import type { Status } from "@purser/api";
import { useState } from "react";
import { CopyButton } from "../ui/copy-button.tsx";
import classes from "./setup.module.css";
import {
	composeFor,
	endpointFor,
	managedPaths,
	onlyLocal,
	type Place,
	type Protocol,
	places,
	protocols,
	snippetFor,
} from "./snippet.ts";

const choices = <Name extends string>(labels: Record<Name, string>) =>
	(Object.entries(labels) as [Name, string][]).map(([value, label]) => ({ value, label }));

const before: Record<Place, string> = {
	shell: "Paste into the terminal, then work as usual. To keep it, put the lines into ~/.zshrc or ~/.bashrc.",
	powershell: "Paste into PowerShell, then work as usual. To keep it, put the lines into your $PROFILE.",
	managed: "For all users of a machine, whatever they set themselves. Add this to the file's content:",
	container: "Where Claude Code runs in a container or a pipeline. From in there, this server may have another name than here.",
};

/** The lines to paste, for this server. */
export function Snippet({ status }: { status: Status | undefined }) {
	const [protocol, setProtocol] = useState<Protocol>("grpc");
	const [place, setPlace] = useState<Place>("shell");
	const [debugging, setDebugging] = useState(false);
	const listeners = status?.listeners ?? [];
	const host = window.location.hostname;
	const wanted = {
		protocol,
		endpoint: endpointFor(protocol, listeners, host),
		keyRequired: status?.keys_required ?? false,
		debugging,
	};
	const text = snippetFor(place, wanted);
	return (
		<section aria-label="What to paste">
			<div className={classes.choices}>
				<SegmentedControl
					size="xs"
					classNames={{ root: classes.segments, label: classes.choice }}
					aria-label="Protocol"
					data={choices(protocols)}
					value={protocol}
					onChange={setProtocol}
				/>
				<SegmentedControl
					size="xs"
					classNames={{ root: classes.segments, label: classes.choice }}
					aria-label="Place"
					data={choices(places)}
					value={place}
					onChange={setPlace}
				/>
			</div>
			<p className={classes.before}>{before[place]}</p>
			{place === "managed" && (
				<dl className={classes.paths}>
					{managedPaths.map(([system, path]) => (
						<div key={system}>
							<dt>{system}</dt>
							<dd>
								<code>{path}</code>
							</dd>
						</div>
					))}
				</dl>
			)}
			<Code text={text} what={`lines for ${places[place]}`} />
			{place === "container" && <Code text={composeFor(wanted)} what="the same for Compose or a CI file" />}
			<Checkbox
				size="xs"
				className={classes.debugging}
				checked={debugging}
				onChange={(event) => setDebugging(event.currentTarget.checked)}
				label="Send every few seconds, while trying"
				description="Otherwise events come every 5 s and metrics every 60 s, which is right for every day."
			/>
			<ul className={classes.notes}>
				{wanted.keyRequired && (
					<li>
						This server asks for a key: put one in place of <code>&lt;ingest key&gt;</code>. The administrator of Purser makes it
						with <code>purser keys</code>.
					</li>
				)}
				{onlyLocal(protocol, listeners, host) && (
					<li className={classes.warning}>
						This listener answers on its own machine only. To let others in, start Purser with{" "}
						<code>{protocol === "grpc" ? "--grpc 0.0.0.0:4317" : "--http 0.0.0.0:4318"}</code>.
					</li>
				)}
				<li>
					What people write stays with them: prompts, answers and commands are not sent unless you also set{" "}
					<code>OTEL_LOG_USER_PROMPTS</code>, <code>OTEL_LOG_ASSISTANT_RESPONSES</code> or <code>OTEL_LOG_TOOL_DETAILS</code>.
				</li>
			</ul>
		</section>
	);
}

const Code = ({ text, what }: { text: string; what: string }) => (
	<div className={classes.code}>
		{/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, and must do so by keyboard too. */}
		<section tabIndex={0} aria-label={what}>
			<pre>{text}</pre>
		</section>
		<div className={classes.copy}>
			<CopyButton text={text} what={what} />
		</div>
	</div>
);
