import { describe, expect, test } from "vitest";
import {
  defineStack,
  job,
  logLine,
  not,
  parseProfile,
  resolvePlan,
  running,
  service,
  type StackDeclaration,
} from "phasegate";
import { PhasegateError } from "../../../../lib/core/errors.ts";
import type { Json } from "../../../../lib/core/json.ts";
import { containerPlanSchemas } from "../../../../lib/model/container/options.ts";
import { replaced } from "../../../support/perturbed.ts";

const profile = parseProfile("dev", {
  declaration: "boxed",
  environment: "development",
  startupTimeoutMultiplier: "1",
  healthCheckInterval: "30s",
  validationLevel: "basic",
  portBase: 15_000,
  images: {},
});

const boxed = defineStack({
  name: "boxed",
  environments: ["development"],
  services: {
    box: service({ image: "box:1", validations: { ready: { runs: running({ level: "basic" }) } } }),
    task: job({ image: "task:1" }),
  },
  phases: { all: { title: "All", services: ["box", "task"], validation: "ready", timeout: "60s" } },
  needs: {},
  failureHandling: { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "1s" },
});

/** The declaration with another value at a place of the service. */
function declared(path: string, value: unknown, name = "box"): StackDeclaration {
  const at = ["services", name, ...(path === "" ? [] : path.split("."))];
  return replaced(boxed as unknown as Json, at, value as Json) as unknown as StackDeclaration;
}

function planned(path: string, value: unknown, name = "box") {
  return resolvePlan(declared(path, value, name), profile, "dev").services[name];
}

function problems(path: string, value: unknown): readonly string[] {
  try {
    resolvePlan(declared(path, value), profile, "dev");
  } catch (error) {
    if (error instanceof PhasegateError) return error.message.split("\n").slice(1);
    throw error;
  }
  return [];
}

test("what is not said of a container is not in its plan, but for how much of what it writes is kept", () => {
  const { box } = resolvePlan(boxed, profile, "dev").services;
  for (const option of Object.keys(containerPlanSchemas).filter((one) => one !== "logging"))
    expect(box).not.toHaveProperty(option);
  expect(box?.logging).toEqual({ driver: "json-file", maxSize: "10mb", maxFiles: 3 });
  expect(planned("resources", {})).not.toHaveProperty("resources");
});

describe("resources", () => {
  test("are in a plan as they are declared, of a job as well", () => {
    const resources = { memory: "1.5gb", memoryReservation: "512mb", shmSize: "128mb" };
    expect(planned("resources", resources)?.resources).toEqual({ ...resources, swap: "1.5gb" });
    expect(planned("resources", { memory: "64mb", swap: "0mb" }, "task")?.resources).toEqual({
      memory: "64mb",
      swap: "0mb",
    });
  });

  test("a ulimit is a soft and a hard one, and none is -1", () => {
    const ulimits = { nofile: 1024, nproc: { soft: 10, hard: 20 }, memlock: "unlimited" };
    expect(planned("resources", { ulimits })?.resources?.ulimits).toEqual({
      nofile: { soft: 1024, hard: 1024 },
      nproc: { soft: 10, hard: 20 },
      memlock: { soft: -1, hard: -1 },
    });
  });

  test.for<[string, unknown, string]>([
    ["resources", "512mb", 'resources: must be an object such as { memory: "512mb" }, and is a text'],
    ["resources.memroy", "512mb", 'resources.memroy: is not known here; did you mean "memory"?'],
    [
      "resources.memory",
      "512m",
      'resources.memory: "512m" is not a size in whole megabytes from "6mb" on, such as "512mb"',
    ],
    [
      "resources.memory",
      "5mb",
      'resources.memory: "5mb" is not a size in whole megabytes from "6mb" on, such as "512mb"',
    ],
    [
      "resources.memory",
      "6145kb",
      'resources.memory: "6145kb" is not a size in whole megabytes from "6mb" on, such as "512mb"',
    ],
    ["resources.swap", "64mb", "resources.swap: bounds nothing without memory: give that a limit, too"],
    [
      "resources",
      { memory: "64mb", memoryReservation: "65mb" },
      "resources.memoryReservation: is more than the limit, 64mb",
    ],
    [
      "resources.ulimits.nofile",
      -1,
      'resources.ulimits.nofile: must be a whole number from 0 on, or "unlimited", and is -1',
    ],
    ["resources.ulimits.nofiles", 1, 'resources.ulimits.nofiles: is not known here; did you mean "nofile"?'],
    [
      "resources.ulimits",
      { nofile: { soft: 20, hard: 10 } },
      "resources.ulimits.nofile: the soft limit is more than the hard one",
    ],
    [
      "resources.ulimits",
      { nofile: { soft: "unlimited", hard: 10 } },
      "resources.ulimits.nofile: the soft limit is more than the hard one",
    ],
  ])("%s: %j is refused", ([path, value, problem]) => {
    expect(problems(path, value)).toEqual([`  - services.box.${problem}`]);
  });
});

describe("logging", () => {
  test.for<[string, unknown, unknown]>([
    ["a size", { maxSize: "1gb" }, { driver: "json-file", maxSize: "1gb", maxFiles: 3 }],
    ["another driver of files", { driver: "local" }, { driver: "local", maxSize: "10mb", maxFiles: 3 }],
    [
      "a driver without files",
      { driver: "syslog", options: { "syslog-address": "udp://logs:514" } },
      { driver: "syslog", options: { "syslog-address": "udp://logs:514" } },
    ],
    ["the engine's own", "engine", undefined],
  ])("with %s", ([, logging, expected]) => {
    expect(planned("logging", logging)?.logging).toEqual(expected);
  });

  test.for<[string, unknown, string]>([
    ["logging.driver", "sylog", 'logging.driver: "sylog" is not a driver of the engine\'s: json-file'],
    [
      "logging",
      { driver: "syslog", maxSize: "1mb" },
      "logging.maxSize: is of json-file and local; the driver syslog has its own options",
    ],
    [
      "logging",
      { options: { "max-size": "1m" } },
      "logging.options.max-size: is what maxSize sets: say it there",
    ],
    ["logging.maxFiles", 0, "logging.maxFiles: must be a whole number from 1 to 1000, and is 0"],
  ])("%s: %j is refused", ([path, value, problem]) => {
    expect(problems(path, value)).toEqual([expect.stringContaining(`  - services.box.${problem}`)]);
  });

  test.for([{ driver: "none" }, { driver: "gelf", options: { "cache-disabled": "true" } }] as const)(
    "%j and a probe that reads what the service writes are refused together",
    (logging) => {
      const ready = { listens: not(logLine(/error/), { level: "basic" }) };
      const box = service({ image: "box:1", logging, validations: { ready } });
      expect(problems("", box)).toEqual([
        expect.stringContaining(
          "services.box.validations.ready.listens: reads what the service writes, and logging.",
        ),
      ]);
    },
  );
});

describe("the process, its names and its privileges", () => {
  test("are in a plan as they are declared", () => {
    const options = {
      ...{
        runAs: "1000:1000",
        workingDir: "/srv",
        readOnly: true,
        stopSignal: "SIGQUIT",
        hostname: "box.example",
      },
      ...{ labels: { team: "a" }, aliases: ["old_box"], extraHosts: { db: "host-gateway" } },
      ...{ dns: { servers: ["10.0.0.2"] }, capabilities: { drop: ["all"] }, gpus: 2 },
      securityOptions: ["label=disable"],
    };
    const box = { ...boxed.services["box"], ...options, sysctls: { "net.core.somaxconn": 512 } };
    const devices = { "/dev/a": "/dev/b", "/dev/c": { host: "/dev/d", permissions: "r" } };
    expect(planned("", { ...box, devices })).toMatchObject({
      ...options,
      sysctls: { "net.core.somaxconn": "512" },
      devices: {
        "/dev/a": { host: "/dev/b", permissions: "rwm" },
        "/dev/c": { host: "/dev/d", permissions: "r" },
      },
    });
  });

  test.for<[string, unknown, string]>([
    ["runAs", "a b", 'runAs: "a b" is not a user, or a user and a group, such as "app" or "1000:1000"'],
    ["workingDir", "srv", 'workingDir: "srv" is not an absolute path such as "/srv/app"'],
    ["stopSignal", "QUIT", 'stopSignal: "QUIT" is not a signal by its name: SIGTERM, SIGINT'],
    ["hostname", "a_b", 'hostname: "a_b" is not a host name such as "mail"'],
    ["sysctls", { "vm.swappiness": 1 }, 'sysctls["vm.swappiness"]: a container has net.*'],
    ["labels", { "phasegate.stack": "x" }, 'labels["phasegate.stack"]: labels that begin with "phasegate."'],
    ["aliases", ["task"], 'aliases[0]: "task" is the name of a service'],
    ["aliases", ["coordinator"], "aliases[0]: is the name of the stack's own coordinator"],
    ["aliases", ["a", "a"], 'aliases[1]: "a" is an alias of box already'],
    ["extraHosts", { db: "db.example" }, 'extraHosts.db: "db.example" is not an address such as "10.0.0.2"'],
    ["dns.servers", ["one"], 'dns.servers[0]: "one" is not an address such as "10.0.0.2"'],
    ["capabilities.add", ["NET"], 'capabilities.add[0]: "NET" is not a capability by its name'],
    ["capabilities", { add: ["KILL"], drop: ["KILL"] }, "capabilities.add[0]: KILL is dropped as well"],
    [
      "securityOptions",
      ["no-new-privileges:false"],
      'securityOptions[0]: "no-new-privileges:false" is not an option such as "seccomp=unconfined"',
    ],
    ["devices", { "/dev/a": "/etc" }, 'devices["/dev/a"]: "/etc" is not the path of a device'],
    ["gpus", 0, "gpus: must be at least 1, and is 0"],
  ])("%s: %j is refused", ([path, value, problem]) => {
    expect(problems(path, value)).toEqual([expect.stringContaining(`  - services.box.${problem}`)]);
  });

  test("a file that the engine could not write is named: onto a volume it can", () => {
    const box = { ...boxed.services["box"], readOnly: true, volumes: { data: "/data" } };
    expect(planned("", { ...box, files: { "/data/a": ["a"] } })?.readOnly).toBe(true);
    expect(problems("", { ...box, files: { "/data/a": ["a"], "/etc/b": ["b"] } })).toEqual([
      "  - services.box.readOnly: the engine could not write /etc/b: it writes into such a container onto its volumes only",
    ]);
  });
});
