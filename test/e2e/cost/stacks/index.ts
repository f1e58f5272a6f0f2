import type { StackDeclaration } from "phasegate";
import { shapeDeclaration } from "../../../../bench/shape/plan.ts";

/** How long after its start each service is ready. */
export const lateMs = 300;

/** What a stack's config may name in a trial of costs. It has a name of its own: the benchmark takes away what has the shape's. */
export const declarationNamed = (_name: string): StackDeclaration => ({
  ...shapeDeclaration("diamond", lateMs),
  name: "cost",
});
