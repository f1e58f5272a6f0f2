import fc from "fast-check";
import type { ContainerOptions } from "phasegate";
import { ulimitNames } from "../../lib/model/container/resources.ts";

const megabytes = (min: number, max: number) => fc.integer({ min, max }).map((n) => `${n}mb` as const);

/** Options of a container in any combination that is allowed. */
export const anyContainerOptions: fc.Arbitrary<ContainerOptions> = fc.record(
  {
    resources: fc.record(
      {
        memory: megabytes(512, 4096),
        memoryReservation: megabytes(1, 512),
        shmSize: megabytes(1, 512),
        ulimits: fc.dictionary(fc.constantFrom(...ulimitNames), fc.nat()),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);
