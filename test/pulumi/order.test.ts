import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { readStackPlan } from "../../lib/project/stack-plan.ts";
import { containerType, deployMocked, edgesType, gateType, readinessType } from "./registered.ts";

describe.for(["dev", "test", "staging", "prod"])("netra in the stack %s", async (stack) => {
  const plan = await readStackPlan(process.cwd(), stack);
  const resources = await deployMocked(stack);
  const named = (type: string, name: string) => {
    const found = resources.filter((resource) => resource.type === type && resource.name === name);
    if (found.length !== 1 || found[0] === undefined)
      throw new Error(`${found.length} resources ${type} ${name}`);
    return found[0];
  };
  const phases = Object.entries(plan.phases);
  const edges = phases.flatMap(([phase, { dependsOn }]) => dependsOn.map((before) => ({ phase, before })));

  test("has the phases' edges", () => {
    expect(edges).toEqual([
      { phase: "businessServices", before: "infrastructure" },
      { phase: "applicationServices", before: "infrastructure" },
      { phase: "applicationServices", before: "businessServices" },
      { phase: "frontendServices", before: "applicationServices" },
    ]);
  });

  test.for(edges)(
    "no container of $phase begins before the gate of $before has opened",
    ({ phase, before }) => {
      for (const service of plan.phases[phase]?.services ?? []) {
        expect(named(containerType, service).began).toBeGreaterThan(named(gateType, before).ended);
      }
    },
  );

  test("every container has an init process, the coordinator's too", () => {
    const containers = resources.filter(({ type }) => type === containerType);
    expect(containers.map(({ name }) => name).sort()).toEqual(
      ["coordinator", ...Object.keys(plan.services)].sort(),
    );
    for (const { inputs } of containers) expect(inputs).toMatchObject({ init: true });
  });

  test("a container that is replaced for a change which the plugin takes for none is deleted first: its name is taken", () => {
    for (const { type, replaceOnChanges, deleteBeforeReplace } of resources) {
      if (type !== containerType) continue;
      expect(replaceOnChanges).toContain("init");
      expect(deleteBeforeReplace).toBe(true);
    }
  });

  test.for(phases)(
    "all services of %s are started before the first of them is expected to be ready",
    ([, { services }]) => {
      const begins = services.map((service) => named(containerType, service).began);
      const expected = services.map((service) => named(readinessType, service).began);
      expect(Math.max(...begins)).toBeLessThan(Math.min(...expected));
    },
  );

  test.for(phases)("the gate of %s waits for each of its services", ([phase, { services }]) => {
    expect(named(gateType, phase).dependencies).toEqual(
      expect.arrayContaining(services.map((service) => named(readinessType, service).urn)),
    );
  });

  test.for(phases.filter(([, { edges }]) => edges.length > 0))(
    "no container of %s begins before its edges are proven, nor these before the gates have opened",
    ([phase, { services, dependsOn }]) => {
      const edges = named(edgesType, phase);
      for (const service of services)
        expect(named(containerType, service).began).toBeGreaterThan(edges.ended);
      for (const before of dependsOn) expect(edges.began).toBeGreaterThan(named(gateType, before).ended);
    },
  );

  test.for(phases)(
    "gates, and nothing else, connect %s with other phases",
    ([phase, { services, dependsOn }]) => {
      const own = resources.filter(({ urn }) => owner(urn) === phase);
      const crossing = own
        .flatMap(({ dependencies }) => dependencies)
        .filter((urn) => owner(urn) !== undefined && owner(urn) !== phase);
      // A gate says which generation of a needed service it has verified, of phases further back as well.
      const needed = services
        .flatMap((service) => Object.keys(plan.services[service]?.needs ?? {}))
        .flatMap((service) => plan.services[service]?.phase ?? [])
        .filter((other) => other !== phase);
      expect(new Set(crossing)).toEqual(
        new Set([...dependsOn, ...needed].map((before) => named(gateType, before).urn)),
      );
    },
  );

  /** The phase that a resource belongs to, by its name; none for the network and the coordinator. */
  function owner(urn: string): string | undefined {
    const name = urn.slice(urn.lastIndexOf("::") + 2);
    return phases.find(
      ([phase, { services }]) =>
        name === phase || services.some((service) => name === service || name.startsWith(`${service}-`)),
    )?.[0];
  }
});

describe("what a reviewer and an operator see", async () => {
  const resources = await deployMocked("staging");

  test("every container carries the labels", () => {
    const labels = resources
      .filter(({ type }) => type === containerType)
      .map(({ name, inputs }) => [
        name,
        Object.fromEntries(
          (inputs["labels"] as { label: string; value: string }[]).map(({ label, value }) => [label, value]),
        ),
      ]);
    expect(Object.fromEntries(labels)).toMatchObject({
      auth: {
        "phasegate.declaration": "netra",
        "phasegate.stack": "staging",
        "phasegate.environment": "staging",
        "phasegate.phase": "businessServices",
        "phasegate.service": "auth",
      },
      coordinator: { "phasegate.stack": "staging", "phasegate.service": "coordinator" },
    });
    expect(labels).toHaveLength(8);
  });

  test("ports are published on loopback alone", () => {
    const ports = resources.flatMap(
      ({ inputs }) => (inputs["ports"] as { ip: string; external: number }[] | undefined) ?? [],
    );
    expect(ports.map(({ ip, external }) => `${ip}:${external}`).sort()).toEqual([
      "127.0.0.1:17000",
      "127.0.0.1:17023",
      "127.0.0.1:17032",
      "127.0.0.1:17079",
      "127.0.0.1:17080",
      "127.0.0.1:17081",
    ]);
  });

  test("what is expected of a service stands in plain typed properties", () => {
    const readiness = resources.find(({ type, name }) => type === readinessType && name === "auth");
    expect(readiness?.inputs).toMatchObject({
      service: "auth",
      phase: "businessServices",
      validation: "businessLogicComplete",
      level: "productionSimulation",
      budget: "240s",
      successThreshold: 1,
      probes: {
        jwtValidationReady: {
          kind: "http",
          method: "GET",
          path: "/health/jwt",
          status: [200],
          json: { ready: true },
          timeout: "5s",
        },
      },
    });
  });

  test("no container that publishes a port begins before ports are handed over", () => {
    const ports = resources.find(({ type }) => type.endsWith(":StackPorts"));
    const publishing = resources.filter(({ type, inputs }) => type === containerType && inputs["ports"]);
    expect(publishing.length).toBeGreaterThan(3);
    for (const { name, dependencies } of publishing) expect(dependencies, name).toContain(ports?.urn);
  });

  test("the dynamic providers in the state say nothing of how a probe works", () => {
    // One text a type of resource: it is written into the state, and must not change with the code of a probe.
    expect(new Set(providers()).size).toBe(new Set(dynamic().map(({ type }) => type)).size);
    for (const provider of providers()) expect(provider.length).toBeLessThan(600);
  });

  test("the dynamic providers have each operation of their module, and no other", async () => {
    expect(providers().length).toBeGreaterThan(5);
    for (const provider of new Set(providers())) {
      const { handler } = evaluated(provider);
      const [, path = ""] = /phasegate\/providers\/([a-z-]+)/.exec(provider) ?? [];
      const module = (await import(`../../lib/pulumi/providers/${path}.ts`)) as object;
      const operations = Object.keys(module).map((name) => (name === "remove" ? "delete" : name));
      const known = ["check", "create", "diff", "update", "delete"];
      expect(Object.keys(handler()).toSorted(), path).toEqual(
        operations.filter((name) => known.includes(name)).toSorted(),
      );
    }
  });

  function dynamic() {
    return resources.filter(({ inputs }) => inputs["__provider"] !== undefined);
  }

  function providers() {
    return dynamic().map(({ inputs }) => inputs["__provider"] as string);
  }

  /** As Pulumi's process for dynamic resources does it. */
  function evaluated(provider: string) {
    const exports = {} as { handler: () => Readonly<Record<string, unknown>> };
    runInNewContext(provider, { exports });
    return exports;
  }
});
