// Loaded into a program before it starts (`node --import`): when the process that started it is gone, however that ended,
// the program is asked to end too. The other process holds the far end of a pipe, which the system closes for it.
import { Socket } from "node:net";

const fd = process.env.PURSER_TETHER;
if (fd) {
	// Not for the programs that this one starts.
	delete process.env.PURSER_TETHER;
	const letGo = () => process.kill(process.pid, "SIGTERM");
	new Socket({ fd: Number(fd), readable: true, writable: false }).once("error", letGo).once("end", letGo).resume().unref();
}
