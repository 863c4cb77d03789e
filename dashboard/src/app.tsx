import { Route, Switch, useLocation } from "wouter";
import { CoveragePage } from "./coverage/coverage-page.tsx";
import { NotFound } from "./layout/not-found.tsx";
import { Shell } from "./layout/shell.tsx";
import { LivePage } from "./live/live-page.tsx";
import { Home } from "./overview/home.tsx";
import { Reconciliation } from "./reconciliation/lazy-page.tsx";
import { SessionPage } from "./sessions/session-page.tsx";
import { SessionsPage } from "./sessions/sessions-page.tsx";
import { SetupPage } from "./setup/setup-page.tsx";
import { Boundary } from "./ui/error-boundary.tsx";
import { idOf } from "./url/session-address.ts";
import { ViewProvider } from "./view/view-state.tsx";

export function App() {
	const [location] = useLocation();
	return (
		<ViewProvider>
			<Shell>
				{/* Of each page a new one: what went wrong with one says nothing of another. */}
				<Boundary key={location}>
					<Switch>
						<Route path="/" component={Home} />
						<Route path="/overview" component={Home} />
						<Route path="/sessions" component={SessionsPage} />
						<Route path="/sessions/:id">{({ id }) => <SessionPage id={idOf(id)} />}</Route>
						<Route path="/live" component={LivePage} />
						<Route path="/coverage" component={CoveragePage} />
						<Route path="/reconciliation" component={Reconciliation} />
						<Route path="/setup">
							<SetupPage />
						</Route>
						<Route component={NotFound} />
					</Switch>
				</Boundary>
			</Shell>
		</ViewProvider>
	);
}
