/** The parts of which `phasegate/program` deploys a plan, for programs that do something else with them. */
export { planDeclared } from "./plan-declared.ts";
export { preflight } from "./preflight.ts";
export { reported } from "./reported.ts";
export type { StackArgs } from "./stack.ts";
export { Stack } from "./stack.ts";
