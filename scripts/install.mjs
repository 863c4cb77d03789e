// The first half of `npm start` and `npm run demo`: installs packages and builds the page, where that is missing or out of date.
import { build, install, PrepareError, say } from "./prepare.mjs";

try {
	await build(await install());
} catch (error) {
	if (!(error instanceof PrepareError)) throw error;
	say(error.message);
	process.exitCode = 1;
}
