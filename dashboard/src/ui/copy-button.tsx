import { Button } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { copyText } from "./copy-text.ts";

export function CopyButton({ text, label = "Copy", what }: { text: string; label?: string; what: string }) {
	const [state, setState] = useState<"ready" | "copied" | "failed">("ready");
	useEffect(() => {
		if (state === "ready") return;
		const timer = setTimeout(() => setState("ready"), 2000);
		return () => clearTimeout(timer);
	}, [state]);
	return (
		<Button
			size="compact-sm"
			variant="default"
			miw={92}
			leftSection={state === "copied" ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
			aria-label={`${state === "copied" ? "Copied" : label}: ${what}`}
			onClick={async () => setState((await copyText(text)) ? "copied" : "failed")}
		>
			{state === "copied" ? "Copied" : state === "failed" ? "Select and copy" : label}
		</Button>
	);
}
