import { defineStack, type StackDeclaration } from "phasegate";

type Declared = StackDeclaration["services"][string];
/** What a page's example exports: a stack, or services by themselves. */
export type Example = Readonly<Record<string, StackDeclaration | Declared>>;

/**
 * The examples of several pages as one stack, so that one `up` runs all of them. The services and phases of a page carry its
 * name: "ports-api".
 * @param after the pages that one of them needs
 */
export function merged(
  pages: Readonly<Record<string, Example>>,
  after: Readonly<Record<string, readonly string[]>>,
): StackDeclaration {
  const parts = Object.entries(pages).map(([page, example]) => named(page, stackOf(example)));
  const services = Object.assign({}, ...parts.map((part) => part.services)) as StackDeclaration["services"];
  const phasesOf = Object.fromEntries(Object.keys(pages).map((page, i) => [page, parts[i]?.phases ?? {}]));
  const phases = Object.entries(phasesOf).flatMap(([page, own]) => {
    const before = (after[page] ?? []).flatMap((other) => Object.keys(phasesOf[other] ?? {}));
    return Object.entries(own).map(([name, { dependsOn = [], ...phase }]) => {
      return [name, { ...phase, dependsOn: [...dependsOn, ...before] }] as const;
    });
  });
  return defineStack({
    name: "docs",
    environments: ["development"],
    services,
    phases: Object.fromEntries(phases),
    needs: Object.assign({}, ...parts.map(({ needs }) => needs)) as StackDeclaration["needs"],
    failureHandling: { maxRetries: 1, backoff: { multiplier: 2, max: "1s" }, grace: "1s" },
  } as never);
}

type Part = Pick<StackDeclaration, "services" | "phases" | "needs">;

function stackOf(example: Example): Part {
  const exported = Object.values(example);
  const stack = exported.find((one): one is StackDeclaration => "phases" in one);
  if (stack !== undefined) return stack;
  const services = example as Readonly<Record<string, Declared>>;
  const phase = {
    title: "All",
    services: Object.keys(services),
    validation: "ready",
    timeout: "60s" as const,
  };
  return { services, phases: { all: phase }, needs: {} };
}

function named(page: string, { services, phases, needs }: Part): Part {
  const own = (name: string) => `${page}-${name}`;
  const keyed = <T>(record: Readonly<Record<string, T>>, value: (one: T) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(record).map(([name, one]) => [own(name), value(one)]));
  return {
    services: keyed(services, (service) => {
      if (service.env === undefined) return service;
      const env = Object.entries(service.env).map(([name, value]) =>
        typeof value === "object" && "urlOf" in value
          ? [name, { ...value, urlOf: own(value.urlOf) }]
          : [name, value],
      );
      return { ...service, env: Object.fromEntries(env) as Declared["env"] & object };
    }),
    phases: keyed(phases, (phase) => ({
      ...phase,
      services: phase.services.map(own),
      ...(phase.dependsOn && { dependsOn: phase.dependsOn.map(own) }),
    })),
    needs: keyed(needs, (needed) =>
      Array.isArray(needed)
        ? needed.map(own)
        : (Object.fromEntries(
            Object.entries(needed).map(([name, policy]) => [own(name), policy]),
          ) as typeof needed),
    ),
  };
}
