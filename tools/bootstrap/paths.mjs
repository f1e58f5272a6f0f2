// Where things are: the project, what it keeps beside itself, and what all checkouts of it share.
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));

/** What belongs to this checkout and to no commit: state, passphrase, logs, stamps. */
export const localDir = join(root, ".phasegate");

/** What is dear to make and the same for every checkout: the toolchain. */
export const cacheDir = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "phasegate");

/** The commands of the installed packages, Node 24 among them. */
export const binDir = join(root, "node_modules", ".bin");
