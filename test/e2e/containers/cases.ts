import { expect } from "vitest";
import type { Json } from "../../../lib/core/json.ts";
import { sizeBytes } from "../../../lib/core/size.ts";
import type { Value } from "../../../lib/review/differences.ts";

/** One option of a container: two values, where the engine shows it, and what a change of it does. */
export interface ContainerCase {
  /** The place in a declaration. */
  readonly at: string;
  readonly first: Json;
  readonly second: Json;
  /** The place in what the engine says of the container. */
  readonly place: string;
  /** What stands there for a declared value. */
  readonly seen: (declared: Value) => unknown;
  /** `limits`: ServiceReadiness changes it in place, and the container's row does not. */
  readonly change: "update" | "replace" | "limits";
}

const bytes = (size: Value) => sizeBytes(size as string);
const asDeclared = (declared: Value) => declared;
const inHostConfig = (name: string) => ({ place: `HostConfig.${name}`, seen: asDeclared });
const inConfig = (name: string) => ({ place: `Config.${name}`, seen: asDeclared });
const replaces = { change: "replace" } as const;

export const containerCases: readonly ContainerCase[] = [
  {
    at: "resources.memory",
    ...{ first: "128mb", second: "160mb" },
    ...{ place: "HostConfig.Memory", seen: bytes, change: "update" },
  },
  {
    at: "resources.swap",
    ...{ first: "32mb", second: "64mb" },
    place: "HostConfig.MemorySwap",
    seen: (swap) => (swap === "32mb" ? bytes("160mb") : bytes("224mb")),
    change: "update",
  },
  {
    at: "resources.memoryReservation",
    ...{ first: "64mb", second: "80mb" },
    ...{ place: "HostConfig.MemoryReservation", seen: bytes, change: "update" },
  },
  {
    at: "resources.cpus",
    ...{ first: 0.5, second: 1.25 },
    place: "HostConfig.NanoCpus",
    seen: (cpus) => Number(cpus) * 1e9,
    change: "limits",
  },
  { at: "resources.pids", first: 100, second: 120, ...inHostConfig("PidsLimit"), change: "limits" },
  {
    at: "resources.shmSize",
    ...{ first: "32mb", second: "48mb" },
    ...{ place: "HostConfig.ShmSize", seen: bytes, ...replaces },
  },
  {
    at: "resources.ulimits.nofile",
    ...{ first: 4096, second: { soft: 2048, hard: 8192 } },
    place: "HostConfig.Ulimits",
    seen: (limit) => [
      typeof limit === "number"
        ? { Name: "nofile", Soft: limit, Hard: limit }
        : { Name: "nofile", Soft: 2048, Hard: 8192 },
    ],
    ...replaces,
  },
  {
    at: "logging",
    ...{ first: { maxSize: "2mb", maxFiles: 2 }, second: { driver: "local", options: { compress: "true" } } },
    place: "HostConfig.LogConfig",
    seen: (logging) =>
      JSON.stringify(logging).includes("local")
        ? { Type: "local", Config: { "max-size": "10485760", "max-file": "3", compress: "true" } }
        : { Type: "json-file", Config: { "max-size": "2097152", "max-file": "2" } },
    ...replaces,
  },
  { at: "runAs", first: "1000:1000", second: "root", ...inConfig("User"), ...replaces },
  { at: "workingDir", first: "/tmp", second: "/var", ...inConfig("WorkingDir"), ...replaces },
  { at: "readOnly", first: true, second: false, ...inHostConfig("ReadonlyRootfs"), ...replaces },
  { at: "stopSignal", first: "SIGQUIT", second: "SIGINT", ...inConfig("StopSignal"), ...replaces },
  { at: "hostname", first: "first", second: "second.example", ...inConfig("Hostname"), ...replaces },
  {
    at: "sysctls",
    ...{ first: { "net.core.somaxconn": 512 }, second: { "net.core.somaxconn": "600" } },
    place: "HostConfig.Sysctls",
    seen: (sysctls) => ({
      "net.core.somaxconn": JSON.stringify(sysctls).includes("512") ? "512" : "600",
    }),
    ...replaces,
  },
  {
    at: "labels",
    ...{ first: { team: "first" }, second: { team: "second", "example.com/tier": "web" } },
    place: "Config.Labels",
    seen: (labels) => expect.objectContaining(labels as object) as unknown,
    ...replaces,
  },
  {
    at: "aliases",
    ...{ first: ["old_box"], second: ["old_box", "box.example"] },
    place: "NetworkSettings.Networks.boxed-containers.Aliases",
    seen: (aliases) => expect.arrayContaining(["box", ...(aliases as string[])]) as unknown,
    ...replaces,
  },
  {
    at: "extraHosts",
    ...{ first: { "db.example": "10.0.0.2" }, second: { gateway: "host-gateway" } },
    place: "HostConfig.ExtraHosts",
    seen: (hosts) => Object.entries(hosts as object).map(([host, ip]) => `${host}:${ip}`),
    ...replaces,
  },
  { at: "dns.servers", first: ["10.0.0.3"], second: ["10.0.0.4"], ...inHostConfig("Dns"), ...replaces },
  {
    at: "dns.search",
    first: ["example"],
    second: ["example.com"],
    ...inHostConfig("DnsSearch"),
    ...replaces,
  },
  { at: "dns.options", first: ["ndots:2"], second: ["ndots:3"], ...inHostConfig("DnsOptions"), ...replaces },
  {
    at: "capabilities.add",
    ...{ first: ["KILL"], second: ["NET_BIND_SERVICE"] },
    place: "HostConfig.CapAdd",
    seen: (names) => (names as string[]).map((name) => `CAP_${name}`),
    ...replaces,
  },
  {
    at: "capabilities.drop",
    ...{ first: ["all"], second: ["NET_RAW"] },
    place: "HostConfig.CapDrop",
    seen: (names) => (names as string[]).map((name) => (name === "all" ? "ALL" : `CAP_${name}`)),
    ...replaces,
  },
  {
    at: "securityOptions",
    ...{ first: ["seccomp=unconfined"], second: ["label=disable"] },
    place: "HostConfig.SecurityOpt",
    seen: (options) =>
      expect.arrayContaining(["no-new-privileges:true", ...(options as string[])]) as unknown,
    ...replaces,
  },
  {
    at: "devices",
    first: { "/dev/first": "/dev/zero" },
    second: { "/dev/first": { host: "/dev/null", permissions: "rw" } },
    place: "HostConfig.Devices",
    seen: (devices) => [
      JSON.stringify(devices).includes("zero")
        ? { PathOnHost: "/dev/zero", PathInContainer: "/dev/first", CgroupPermissions: "rwm" }
        : { PathOnHost: "/dev/null", PathInContainer: "/dev/first", CgroupPermissions: "rw" },
    ],
    ...replaces,
  },
];
