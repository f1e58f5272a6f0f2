import { suggestion } from "../core/did-you-mean.ts";
import { mapValues } from "../core/record.ts";
import type { StackDeclaration } from "./declaration.ts";
import type { Profile } from "./profile.ts";
import type { Service } from "./service.ts";

/** The declaration with the addresses that external services have in an environment: its config stands before what is declared. */
export function withAddresses(
  declaration: StackDeclaration,
  { external = {} }: Pick<Profile, "external">,
): StackDeclaration {
  return {
    ...declaration,
    services: mapValues(declaration.services, (service, name) =>
      service.external && Object.hasOwn(external, name) ? moved(service, external[name]) : service,
    ),
  };
}

function moved(service: Service, address: NonNullable<Profile["external"]>[string] = {}): Service {
  const said = Object.entries(address).filter(([, value]) => value !== undefined);
  return Object.assign({}, service, Object.fromEntries(said));
}

/** Whether every external service has an address, and the config names only such services and what they have. */
export function checkAddresses(
  { services }: StackDeclaration,
  { external = {} }: Pick<Profile, "external">,
  isIn: (name: string) => boolean,
  report: (path: readonly PropertyKey[], message: string) => void,
): void {
  const all = Object.entries(services).flatMap(([name, service]) => (service.external ? [name] : []));
  for (const [name, address] of Object.entries(external)) {
    const at = ["config", "external", name];
    const service = Object.hasOwn(services, name) ? services[name] : undefined;
    if (service === undefined) {
      report(at, `there is no service "${name}"; ${suggestion(name, all)}`);
    } else if (!service.external) {
      report(at, `${name} is a container of the stack: where it is, its name says`);
    } else if (service.database === undefined) {
      for (const key of ["database", "user"] as const)
        if (address[key] !== undefined) report([...at, key], `${name} has no ${key}`);
    }
  }
  for (const name of all)
    if (services[name]?.host === undefined && isIn(name))
      report(
        ["services", name, "host"],
        `is missing: say it here, or for one environment in its config: phasegate:external.${name}.host`,
      );
}
