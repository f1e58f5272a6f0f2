import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { probeKinds } from "../../../lib/model/probe-kinds/registry.ts";
import { sharedKinds } from "../../../lib/model/probe-parts/shared-kinds.ts";
import { serviceKinds } from "../../../lib/model/service.ts";
import * as functions from "../../../lib/model/probes.ts";

const families = readdirSync("lib/model/probe-kinds")
  .filter((file) => file !== "registry.ts")
  .map((file) => file.replace(/\.ts$/, ""));

test("a kind is registered under its own name", () => {
  expect(Object.values(probeKinds).map(({ name }) => name)).toEqual(Object.keys(probeKinds));
});

test.for(families)("%s has a folder that runs it, and a function that makes it", (family) => {
  expect(existsSync(`lib/probe/${family}`), "lib/probe").toBe(true);
  const source = readFileSync(`lib/model/probe-kinds/${family}.ts`, "utf8");
  const made = [...source.matchAll(/^export function (\w+)\(/gm)].map(([, name]) => name);
  // What several families share is made by a function of one of them.
  const shared = Object.values(sharedKinds).flatMap(({ of }) => Object.values<string>(of));
  const own = [...source.matchAll(/probeKind\(\s*"([a-z-]+)"/g)].map(([, name]) => name);
  if (!own.every((name) => shared.includes(name ?? ""))) expect(made).not.toEqual([]);
  expect(Object.keys(functions)).toEqual(expect.arrayContaining(made));
});

test("a shared kind comes to kinds that there are, of services that there are", () => {
  for (const { of } of Object.values(sharedKinds)) {
    expect(Object.keys(probeKinds)).toEqual(expect.arrayContaining(Object.values<string>(of)));
    expect(serviceKinds).toEqual(expect.arrayContaining(Object.keys(of)));
  }
});

test("every kind is of a family that has a file", () => {
  const sources = families
    .map((family) => readFileSync(`lib/model/probe-kinds/${family}.ts`, "utf8"))
    .join("\n");
  for (const name of Object.keys(probeKinds))
    expect(sources).toMatch(new RegExp(`probeKind\\(\\s*"${name}"`));
});
