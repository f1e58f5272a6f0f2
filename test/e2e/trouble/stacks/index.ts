import { secret, type StackDeclaration } from "phasegate";
import { quickstart } from "../../../../stacks/quickstart.ts";

const { hello } = quickstart.services;

const declarations: Readonly<Record<string, StackDeclaration>> = {
  quickstart,
  withPartner: {
    ...quickstart,
    services: {
      ...quickstart.services,
      ...(hello && { hello: { ...hello, env: { ...hello.env, PARTNER_TOKEN: secret("partnerToken") } } }),
    },
  },
};

/** What a stack's config may name in a trial of trouble. */
export function declarationNamed(name: string): StackDeclaration {
  const declaration = declarations[name];
  if (declaration === undefined) throw new Error(`there is no declaration ${name}`);
  return declaration;
}
