import { Link } from "wouter";
import { Header } from "./header.tsx";

export function NotFound() {
	return (
		<>
			<Header title="No such page" />
			<p>
				Nothing is kept at this address. <Link href="/">Go to the overview</Link>
			</p>
		</>
	);
}
