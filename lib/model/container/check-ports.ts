import type { StackDeclaration } from "../declaration.ts";
import { matchPath, parsePattern } from "../plan-path.ts";
import type { Profile } from "../profile.ts";
import { isEveryAddress, resolvePorts } from "./ports.ts";

/** Takes a problem's place, and its words. */
type Report = (path: readonly PropertyKey[], message: string) => void;

interface Held {
  readonly place: readonly PropertyKey[];
  readonly service: string;
  readonly ip: string;
  readonly port: number;
  readonly protocol: string;
}

/** What is wrong with the ports that services publish: with each, and between them. */
export function checkPorts(declaration: StackDeclaration, profile: Profile, report: Report): void {
  const held: Held[] = [];
  for (const [service, { publish, ports = {} }] of Object.entries(declaration.services)) {
    if (publish !== undefined)
      held.push({
        ...{ place: ["services", service, "publish"], service },
        ...{ ip: "127.0.0.1", port: profile.portBase + publish, protocol: "tcp" },
      });
    const planned = resolvePorts({ ports }, profile).ports ?? {};
    for (const [name, { publish: offset, host }] of Object.entries(ports)) {
      const place = ["services", service, "ports", name];
      if (offset !== undefined && host?.port !== undefined)
        report(
          [...place, "host", "port"],
          "says where it is published, and publish does as well: one of them",
        );
      else if (host?.address !== undefined && offset === undefined && host.port === undefined)
        report(
          [...place, "host", "address"],
          "is of a port that is not published: say publish, or host.port",
        );
      const { published, protocol = "tcp" } = planned[name] ?? {};
      if (published === undefined) continue;
      if (isEveryAddress(published.ip) && profile.environment !== "development") {
        const path = ["services", service, "ports", name, "published", "ip"];
        if (!hasReason(declaration, path))
          report(
            [...place, "host", "address"],
            `${published.ip} is every address of the machine: outside of development parity.allow must say why, at the path services.${service}.ports.${name}.published.ip`,
          );
      }
      const at = host?.port === undefined ? [...place, "publish"] : [...place, "host", "port"];
      held.push({ place: at, service, ...published, protocol });
    }
  }
  const { publish: ofMetrics } = declaration.metrics ?? {};
  if (ofMetrics !== undefined)
    held.push({
      ...{ place: ["metrics", "publish"], service: "coordinator" },
      ...{ ip: "127.0.0.1", port: profile.portBase + ofMetrics, protocol: "tcp" },
    });
  held.forEach((one, i) => {
    const other = held.slice(0, i).find((before) => clash(before, one));
    if (other === undefined) return;
    // The number that people have written.
    const said = one.place.at(-1) === "publish" ? one.port - profile.portBase : one.port;
    report(one.place, `${said} is published by ${other.service} already`);
  });
}

function hasReason({ parity }: StackDeclaration, path: readonly string[]): boolean {
  return (parity?.allow ?? []).some(({ path: text }) => {
    const place = parsePattern(text);
    return place !== undefined && matchPath(place, path) !== undefined;
  });
}

/** Whether two cannot be published at once: every address is among all of the same family. */
function clash(a: Held, b: Held): boolean {
  if (a.port !== b.port || a.protocol !== b.protocol) return false;
  return a.ip === b.ip || isEveryAddress(a.ip) || isEveryAddress(b.ip);
}
