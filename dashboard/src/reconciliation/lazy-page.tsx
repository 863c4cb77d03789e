import { lazy, Suspense } from "react";
import { Header } from "../layout/header.tsx";

/** Apart, because of the charts. */
const Page = lazy(() => import("./reconciliation-page.tsx").then(({ ReconciliationPage }) => ({ default: ReconciliationPage })));

export const Reconciliation = () => (
	<Suspense fallback={<Header title="Reconciliation" />}>
		<Page />
	</Suspense>
);
