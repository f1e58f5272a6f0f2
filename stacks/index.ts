import { PhasegateError, type StackDeclaration } from "phasegate";
import { netra } from "./netra.ts";
import { quickstart } from "./quickstart.ts";

/** The declarations of this project, by the name that a stack's config gives in `phasegate:declaration`. */
export const declarations: Readonly<Record<string, StackDeclaration>> = { netra, quickstart };

/** @throws PhasegateError PHASEGATE_DECLARATION_UNKNOWN */
export function declarationNamed(name: string): StackDeclaration {
  const declaration = Object.hasOwn(declarations, name) ? declarations[name] : undefined;
  if (declaration) return declaration;
  throw new PhasegateError(
    "PHASEGATE_DECLARATION_UNKNOWN",
    `phasegate:declaration is "${name}"; stacks/index.ts has ${Object.keys(declarations).join(", ")}`,
  );
}
