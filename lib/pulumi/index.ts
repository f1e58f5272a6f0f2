/** Deploys a plan with Pulumi. */
export { readProfile, readSecrets } from "./config.ts";
export { preflight } from "./preflight.ts";
export { reported } from "./reported.ts";
export type { StackArgs } from "./stack.ts";
export { Stack } from "./stack.ts";
export { warnOf } from "./warned.ts";
export { readSources } from "../project/read-sources.ts";
export { readDeclaration } from "../project/read-declaration.ts";
