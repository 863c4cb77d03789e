import { lazy, Suspense, useState } from "react";
import { isEmpty, useArrived } from "../api/arrivals.ts";
import { useStatus } from "../api/status.ts";
import { Header } from "../layout/header.tsx";
import { SetupPage } from "../setup/setup-page.tsx";

/** Apart, because of the charts; fetched at once all the same, so that going there is instant. */
const overview = import("./overview-page.tsx");
const OverviewPage = lazy(() => overview.then(({ OverviewPage }) => ({ default: OverviewPage })));

/**
 * Shows the overview; or how to connect, while nothing was ever received. A user who is connecting stays there when the first
 * event arrives.
 */
export function Home() {
	const arrived = useArrived();
	const status = useStatus();
	const [connecting, setConnecting] = useState<boolean | undefined>();
	if (connecting === undefined && arrived) setConnecting(isEmpty(arrived));
	if (connecting) return <SetupPage onDone={() => setConnecting(false)} />;
	// A moment's patience, rather than an overview of nothing that gives way to something else.
	if (connecting === undefined && !status.isError) return <Header title="Overview" />;
	return (
		<Suspense fallback={<Header title="Overview" />}>
			<OverviewPage />
		</Suspense>
	);
}
