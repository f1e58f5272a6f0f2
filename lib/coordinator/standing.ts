import type { Doubt, Params, Standing } from "../model/control.ts";
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
  return { doubt: doubts.find((one) => one !== undefined) };
}

async function doubt(services: Services, service: string, registration: string): Promise<Doubt | undefined> {
  const entry = services.find(service);
  if (services.stories().length === 0)
    return {
      kind: "forgotten",
      text: "the coordinator was started again, and has forgotten what it had proven",
    };
  if (entry === undefined) return { kind: "unknown", text: `the coordinator does not know ${service}` };
  const { subject, state } = entry.proof;
  if (subject.registration !== registration)
    return {
      kind: "unknown",
      text: `the coordinator knows another container or expectation of ${service}`,
    };
  try {
    const seen = await entry.container.look();
    return doubtOf(service, state(), seen, subject.expectation.job);
  } catch {
    return { kind: "unknown", text: `the container engine does not answer about ${service}` };
  }
}
