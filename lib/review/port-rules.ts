import { isEveryAddress } from "../model/container/ports.ts";
import { pathText } from "../model/plan-path.ts";
import { sharedServices } from "./counterparts.ts";
import type { Value } from "./differences.ts";
import { isRecord, valueAt } from "./differences.ts";
import type { Found, Rule } from "./rule.ts";
import { ofService } from "./rule.ts";

/** By what a port can be reached by more machines than before. */
export const portRules: readonly Rule[] = [
  {
    name: "published-wider",
    reason: "more machines reach the port than before",
    find: (before, after) =>
      sharedServices(before, after).flatMap(([name]) => {
        const [were, are] = [before, after].map(({ json }) => valueAt(json, ["services", name, "ports"]));
        return Object.entries(isRecord(are) ? are : {}).flatMap(([port, is]): Found[] => {
          const [from, to] = [valueAt(were, [port]), is].map((one) => valueAt(one, ["published", "ip"]));
          if (reach(to) <= reach(from)) return [];
          return [ofService(name, pathText(["ports", port, "published", "ip"]), from, to)];
        });
      }),
  },
];

/** How much of the network reaches an address: loopback this machine alone, which nobody else gains by. */
function reach(ip: Value): number {
  if (typeof ip !== "string" || ip === "::1" || ip.startsWith("127.")) return 0;
  return isEveryAddress(ip) ? 2 : 1;
}
