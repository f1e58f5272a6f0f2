import { expect, test } from "vitest";
import type { AppliedContainer } from "../../../../lib/coordinator/containers/drift.ts";
import { drift } from "../../../../lib/coordinator/containers/drift.ts";
import type { ContainerSummary } from "../../../../lib/engine/engine.ts";

const redis: AppliedContainer = {
  ...{ service: "redis", workload: "1111111111111111", name: "netra-dev-redis" },
  ...{ image: { reference: "redis:7", id: "sha256:7" }, networks: ["netra-dev-internal"] },
};

function container(patch: Partial<ContainerSummary> = {}): ContainerSummary {
  return {
    ...{ id: "1111111111111111", name: "netra-dev-redis", image: "redis:7", imageId: "sha256:7" },
    ...{ labels: { "phasegate.stack": "dev", "phasegate.service": "redis" }, createdMs: 0 },
    ...{ status: "running", health: undefined, networks: { "netra-dev-internal": "e1" } },
    ...patch,
  };
}

const dev = { stack: "dev", labels: { "phasegate.stack": "dev" } };
const none = { kind: "changed", service: "redis" };

test.for<[string, ContainerSummary[], object[], string[]?]>([
  ["nothing", [container()], []],
  ["nothing, where it does not run", [container({ status: "exited" })], []],
  [
    "the container is gone",
    [],
    [
      {
        ...{ kind: "gone", service: "redis", text: "the container of redis is gone" },
        command: "pulumi up --stack dev",
      },
    ],
  ],
  [
    "another container of the same image has its place",
    [container({ id: "2222222222222222" })],
    [
      {
        ...{ kind: "replaced", service: "redis" },
        text: "another container, 222222222222, has the place of redis: it is neither proven nor restarted",
        command: "docker rm --force netra-dev-redis && pulumi up --stack dev",
      },
    ],
  ],
  [
    "another container of another image has its place, without the labels",
    [container({ id: "2222222222222222", image: "redis:8", imageId: "sha256:8", labels: {} })],
    [
      {
        ...{ kind: "replaced", service: "redis" },
        text: "another container, 222222222222, of the image redis:8 instead of redis:7, has the place of redis: it is neither proven nor restarted",
        command: "docker rm --force netra-dev-redis && pulumi up --stack dev",
      },
    ],
  ],
  [
    "it is paused",
    [container({ status: "paused" })],
    [{ ...none, text: "redis is paused", command: "docker unpause netra-dev-redis" }],
  ],
  [
    "it was renamed",
    [container({ name: "old-redis" })],
    [
      {
        ...none,
        text: "redis is called old-redis instead of netra-dev-redis",
        command: "docker rename old-redis netra-dev-redis",
      },
    ],
  ],
  [
    "it was taken off a network",
    [container({ networks: {} })],
    [
      {
        ...none,
        text: "redis is not on the network netra-dev-internal any more",
        command: "docker network connect --alias redis netra-dev-internal netra-dev-redis",
      },
    ],
  ],
  [
    "it was given a limit",
    [container()],
    [
      {
        ...none,
        text: "redis has a memory limit of 96 MiB",
        command: "docker rm --force netra-dev-redis && pulumi up --stack dev",
      },
    ],
    ["a memory limit of 96 MiB"],
  ],
  [
    "its image was built again",
    [container({ image: "sha256:6", imageId: "sha256:6" })],
    [
      {
        ...none,
        text: "redis runs another image than redis:7 is now",
        command: "pulumi up --refresh --stack dev",
      },
    ],
  ],
  [
    "there is one more, whoever it was made for",
    [
      container(),
      container({ id: "3", name: "second-redis" }),
      container({ id: "4", name: "shell", labels: dev.labels }),
    ],
    [
      {
        ...{ kind: "added", service: undefined },
        text: "the container second-redis has the labels of this stack, but is not the one of redis",
        command: "docker rm --force second-redis",
      },
      {
        ...{ kind: "added", service: undefined },
        text: "the container shell has the labels of this stack, but belongs to none of its services",
        command: "docker rm --force shell",
      },
    ],
  ],
  [
    "nothing, for the coordinator and its probers",
    [
      container(),
      container({ id: "3", name: "c", labels: { ...dev.labels, "phasegate.service": "coordinator" } }),
      container({ id: "4", name: "p", labels: { ...dev.labels, "phasegate.prober": "redis" } }),
    ],
    [],
  ],
  [
    "nothing, for what is on the engine besides",
    [container(), container({ id: "3", name: "elsewhere", labels: { "phasegate.stack": "prod" } })],
    [],
  ],
  [
    "everything that is the matter with one",
    [container({ status: "paused", networks: {} })],
    [{ text: "redis is paused" }, { text: "redis is not on the network netra-dev-internal any more" }],
  ],
])("%s", ([, containers, found, altered = []]) => {
  const drifted = drift(dev, [{ ...redis, altered }], containers);
  expect(drifted).toMatchObject(found);
  expect(drifted.length).toBe(found.length);
});

test("of what is known of a service by its id alone", () => {
  const api = { service: "api", workload: "5" };
  expect(drift({ stack: undefined, labels: {} }, [api], [container({ id: "5" })])).toEqual([]);
  const heir = container({ id: "6", name: "other", labels: { "phasegate.service": "api" } });
  expect(drift({ stack: undefined, labels: {} }, [api], [heir])).toMatchObject([
    { kind: "replaced", service: "api", command: "docker rm --force other && pulumi up" },
  ]);
});

test("a container has the place of one service only", () => {
  const applied = [redis, { ...redis, workload: "9" }];
  const found = drift(dev, applied, [container({ id: "3" })]);
  expect(found.map(({ kind }) => kind)).toEqual(["replaced", "gone"]);
});
