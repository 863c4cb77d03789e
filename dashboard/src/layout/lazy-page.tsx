import { type ComponentType, lazy, Suspense } from "react";
import { Header } from "./header.tsx";

/** A page that is fetched when it is first opened, with its title until then. */
export function lazyPage<Props extends object>(title: string, load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
	const Content = lazy(async () => ({ default: await load() })) as unknown as ComponentType<Props>;
	return (props) => (
		<Suspense fallback={<Header title={title} />}>
			<Content {...props} />
		</Suspense>
	);
}
