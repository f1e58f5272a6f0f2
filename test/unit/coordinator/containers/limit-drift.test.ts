import { expect, test } from "vitest";
import { limitDrift } from "../../../../lib/coordinator/containers/limit-drift.ts";

const mib = 2 ** 20;

test.for<
  [string, Parameters<typeof limitDrift>[0], Parameters<typeof limitDrift>[1], ReturnType<typeof limitDrift>]
>([
  ["nothing, where nothing is limited", {}, {}, []],
  [
    "nothing, where all is as it was applied",
    { memory: "1gb", swap: "1gb", memoryReservation: "512mb" },
    { memory: 1024 * mib, memoryReservation: 512 * mib },
    [],
  ],
  [
    "limits that were not applied, which stay",
    {},
    { memory: 96 * mib, memoryReservation: mib, cpus: 1.5, pids: 200 },
    [
      { text: "a memory limit of 96 MiB" },
      { text: "a memory reservation of 1 MiB" },
      { text: "a limit of its CPUs of 1.5" },
      { text: "a limit of its processes of 200" },
    ],
  ],
  [
    "another limit",
    { memory: "160mb", swap: "64mb", memoryReservation: "32mb" },
    { memory: 200 * mib, memoryReservation: 64 * mib },
    [
      {
        text: "a memory limit of 200 MiB instead of 160 MiB",
        update: "docker update --memory 160m --memory-swap 224m",
      },
      {
        text: "a memory reservation of 64 MiB instead of 32 MiB",
        update: "docker update --memory-reservation 32m",
      },
    ],
  ],
  [
    "other limits of its CPUs and its processes",
    { cpus: 1.5, pids: 100 },
    { cpus: 2 },
    [
      { text: "a limit of its CPUs of 2 instead of 1.5", update: "docker update --cpus 1.5" },
      {
        text: "no limit of its processes instead of one of 100",
        update: "docker update --pids-limit 100",
      },
    ],
  ],
  [
    "a limit that is gone",
    { memory: "160mb", swap: "unlimited" },
    {},
    [
      {
        text: "no memory limit instead of one of 160 MiB",
        update: "docker update --memory 160m --memory-swap -1",
      },
    ],
  ],
])("%s", ([, applied, actual, found]) => {
  expect(limitDrift(applied, actual)).toEqual(found);
});
