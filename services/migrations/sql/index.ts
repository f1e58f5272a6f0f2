import type { Migration } from "../migration.ts";
import { auth } from "./0001-auth.ts";
import { agents } from "./0002-agents.ts";

/** All migrations, oldest first. */
export const migrations: readonly Migration[] = [auth, agents];
