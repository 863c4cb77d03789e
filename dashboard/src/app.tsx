import { Route, Switch, useLocation } from "wouter";
import { NotFound } from "./layout/not-found.tsx";
import { Shell } from "./layout/shell.tsx";
import { pages } from "./pages.ts";
import { Boundary } from "./ui/error-boundary.tsx";
import { ViewProvider } from "./view/view-state.tsx";

export function App() {
	const [location] = useLocation();
	return (
		<ViewProvider pages={pages}>
			<Shell>
				{/* Of each page a new one: what went wrong with one says nothing of another. */}
				<Boundary key={location}>
					<Switch>
						{pages.flatMap(({ paths, component }) => paths.map((path) => <Route key={path} path={path} component={component} />))}
						<Route component={NotFound} />
					</Switch>
				</Boundary>
			</Shell>
		</ViewProvider>
	);
}
