import { posix } from "node:path";
import { pathText } from "../model/plan-path.ts";
import { sharedServices } from "./counterparts.ts";
import type { Value } from "./differences.ts";
import { isRecord, valueAt } from "./differences.ts";
import type { PlanView } from "./plan-view.ts";
import type { Found, Rule } from "./rule.ts";
import { ofService } from "./rule.ts";

/** By what of its mounts a container is kept less apart from the machine that it runs on. */
export const mountRules: readonly Rule[] = [
  {
    name: "engine-mounted",
    reason: "anybody in the container controls the engine, and with it the whole machine",
    find: (before, after) =>
      mountsThatAre(
        (mount) => givesEngine(sourceOf(mount)),
        before,
        after,
        (mount) => sourceOf(mount),
      ),
  },
  {
    name: "host-writable",
    reason: "what runs in the container can change files of the engine's machine",
    find: (before, after) =>
      mountsThatAre(
        (mount) => isRecord(mount) && mount["writable"] === true && !givesEngine(sourceOf(mount)),
        ...([before, after] as const),
        (mount) => sourceOf(mount),
      ),
  },
];

/** The mounts of services in both plans that are of a kind now, and were not, or were of something else. */
function mountsThatAre(
  isSo: (mount: Value) => boolean,
  before: PlanView,
  after: PlanView,
  shown: (mount: Value) => Value,
): Found[] {
  return sharedServices(before, after).flatMap(([name]) => {
    const [were, are] = [before, after].map(({ json }) => valueAt(json, ["services", name, "mounts"]));
    return Object.entries(isRecord(are) ? are : {}).flatMap(([path, is]) => {
      const was = valueAt(were, [path]);
      if (!isSo(is) || (isSo(was) && sourceOf(was) === sourceOf(is))) return [];
      const [from, to] = [was, is].map((mount) => (isSo(mount) ? shown(mount) : undefined));
      return [ofService(name, pathText(["mounts", path]), from, to)];
    });
  });
}

function sourceOf(mount: Value): string | undefined {
  const source = valueAt(mount, ["hostFile"]) ?? valueAt(mount, ["hostFolder"]);
  return typeof source === "string" ? source : undefined;
}

const sockets = /(?:^|\/)(?:docker|containerd|podman|crio)\.sock$/;

/**
 * Whether a path of the host is an engine's socket, or a folder that holds it. Reading is enough: a socket that is
 * mounted read-only takes commands all the same.
 */
function givesEngine(source: string | undefined): boolean {
  if (source === undefined) return false;
  const path = posix.normalize(source).replace(/(?<=.)\/$/, "");
  return sockets.test(path) || ["/", "/run", "/var", "/var/run"].includes(path);
}
