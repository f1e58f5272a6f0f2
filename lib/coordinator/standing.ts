import type { Params, Standing } from "../model/control.ts";
import { doubtOf } from "../readiness/standing.ts";
import type { Services } from "./services.ts";

/** Whether services that were proven still stand, by asking the engine now. */
export async function standing(
  services: Services,
  { services: registrations }: Params<"standing">,
): Promise<Standing> {
  const doubts = await Promise.all(
    Object.entries(registrations).map(([service, registration]) => doubt(services, service, registration)),
  );
  return { doubt: doubts.find((text) => text !== undefined) };
}

async function doubt(services: Services, service: string, registration: string): Promise<string | undefined> {
  const entry = services.find(service);
  if (entry === undefined) return `the coordinator does not know ${service}`;
  const { subject, state } = entry.proof;
  if (subject.registration !== registration)
    return `the coordinator knows another container or expectation of ${service}`;
  try {
    const seen = await entry.container.look();
    return doubtOf(service, state(), seen, subject.expectation.job);
  } catch {
    return `the container engine does not answer about ${service}`;
  }
}
