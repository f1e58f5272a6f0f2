import fc from "fast-check";
import type { ContainerOptions } from "phasegate";
import { capabilityNames } from "../../lib/model/container/privileges.ts";
import { ulimitNames } from "../../lib/model/container/resources.ts";

const megabytes = (min: number, max: number) => fc.integer({ min, max }).map((n) => `${n}mb` as const);

/** Options of a container in any combination that is allowed. */
export const anyContainerOptions: fc.Arbitrary<ContainerOptions> = fc.record(
  {
    resources: fc.record(
      {
        memory: megabytes(512, 4096),
        memoryReservation: megabytes(1, 512),
        cpus: fc.integer({ min: 1, max: 800 }).map((hundredths) => hundredths / 100),
        pids: fc.integer({ min: 1, max: 4096 }),
        shmSize: megabytes(1, 512),
        ulimits: fc.dictionary(fc.constantFrom(...ulimitNames), fc.nat()),
      },
      { requiredKeys: [] },
    ),
    logging: fc.oneof(
      fc.constant("engine" as const),
      fc.record(
        { maxSize: megabytes(1, 100), maxFiles: fc.integer({ min: 1, max: 9 }) },
        { requiredKeys: [] },
      ),
      fc.constant({ driver: "syslog" as const }),
    ),
    runAs: fc.constantFrom("app", "0", "1000:1000"),
    stopSignal: fc.constantFrom("SIGINT" as const, "SIGQUIT" as const),
    readOnly: fc.boolean(),
    capabilities: fc.record({
      add: fc.uniqueArray(fc.constantFrom(...capabilityNames), { minLength: 1, maxLength: 3 }),
      drop: fc.constant(["all"] as const),
    }),
    devices: fc.constantFrom(
      { "/dev/a": "/dev/b" } as const,
      {
        "/dev/a": { host: "/dev/c", permissions: "r" },
      } as const,
    ),
    gpus: fc.constantFrom("all" as const, 1, ["0"]),
    labels: fc.constant({ team: "a" }),
    platform: fc.constantFrom("linux/amd64", "linux/arm/v7"),
  },
  { requiredKeys: [] },
);
