import { lazy, Suspense, useState } from "react";
import { nothingEver, useStatus } from "../api/status.ts";
import { SetupPage } from "../setup/setup-page.tsx";

/** Apart, because of the charts; fetched at once all the same, so that going there is instant. */
const overview = import("./overview-page.tsx");
const OverviewPage = lazy(() => overview.then(({ OverviewPage }) => ({ default: OverviewPage })));

/** The overview; or how to connect, while nothing was ever received. Whoever is connecting is not whisked away by the first event. */
export function Home() {
	const status = useStatus();
	const [connecting, setConnecting] = useState<boolean | undefined>();
	if (connecting === undefined && status.data) setConnecting(nothingEver(status.data));
	return connecting ? (
		<SetupPage onDone={() => setConnecting(false)} />
	) : (
		<Suspense>
			<OverviewPage />
		</Suspense>
	);
}
