import { isDeepStrictEqual } from "node:util";
import { pathText } from "../model/plan-path.ts";
import { sharedServices } from "./counterparts.ts";
import type { Value } from "./differences.ts";
import { isRecord, valueAt } from "./differences.ts";
import type { PlanView } from "./plan-view.ts";
import type { Rule } from "./rule.ts";
import { ofService } from "./rule.ts";

/** What protects the engine's machine, and a container's neighbours, from what runs in it. */
export const protections: readonly Rule[] = [
  {
    name: "capability-added",
    reason: "it may do more on the engine's machine than it might",
    find: (before, after) =>
      changedIn(before, after, ["capabilities"], (was, is) => {
        const [had, has] = [rightsOf(was), rightsOf(is)];
        return (
          texts(valueAt(is, ["add"])).some((right) => !had.add.includes(right)) ||
          had.drop.some((right) => !has.drop.includes(right) && !has.drop.includes("all"))
        );
      }),
  },
  {
    name: "writable-now",
    reason: "what gets into it can change its own programs",
    find: (before, after) => changedIn(before, after, ["readOnly"], (was, is) => was === true && is !== true),
  },
  {
    name: "user-raised",
    reason: "it runs as root, or as whomever its image says",
    find: (before, after) => changedIn(before, after, ["runAs"], (was, is) => !isRoot(was) && isRoot(is)),
  },
  {
    name: "confinement-loosened",
    reason: "the kernel confines it less",
    find: (before, after) =>
      changedIn(
        before,
        after,
        ["securityOptions"],
        (was, is) =>
          texts(is).some((option) => loosens.test(option) && !texts(was).includes(option)) ||
          texts(was).some((option) => !loosens.test(option) && !texts(is).includes(option)),
      ),
  },
  {
    name: "device-added",
    reason: "it gets at a device of the machine that it could not get at",
    find: (before, after) =>
      changedIn(before, after, ["devices"], (was, is) =>
        Object.entries(isRecord(is) ? is : {}).some(
          ([path, device]) => !isDeepStrictEqual(device, valueAt(was, [path])),
        ),
      ),
  },
];

/** What takes confinement away; anything else of the kind adds some. */
const loosens = /=(?:unconfined|disable)$/;

/** Where a value of a service has changed for the worse. */
function changedIn(
  before: PlanView,
  after: PlanView,
  keys: readonly string[],
  isWorse: (was: Value, is: Value) => boolean,
) {
  return sharedServices(before, after).flatMap(([name]) => {
    const [was, is] = [before, after].map(({ json }) => valueAt(json, ["services", name, ...keys]));
    if (!isWorse(was, is)) return [];
    return [ofService(name, pathText(keys), was, is)];
  });
}

function rightsOf(value: Value): { readonly add: readonly string[]; readonly drop: readonly string[] } {
  return { add: texts(valueAt(value, ["add"])), drop: texts(valueAt(value, ["drop"])) };
}

function texts(value: Value): readonly string[] {
  return Array.isArray(value) ? value.filter((part): part is string => typeof part === "string") : [];
}

/** What an image says of its user is not in a plan: most say nothing, which is root. */
function isRoot(user: Value): boolean {
  return typeof user !== "string" || /^(?:root|0+)(?::|$)/.test(user);
}
