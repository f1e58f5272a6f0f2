import { describe, expect, test } from "vitest";
import { resolvePlan, service, tcp, urlOf, type Profile, type StackDeclaration } from "phasegate";
import { widelyPublished } from "../../../lib/model/container/ports.ts";
import { compareStacks } from "../../../lib/review/parity.ts";
import { profileWith, smallProfile, smallStack } from "../../support/small-stack.ts";

type Ports = Readonly<Record<string, unknown>>;
type Options = Omit<Parameters<typeof service>[0], "image" | "validations" | "ports"> & {
  readonly ports?: Ports;
};

function stack(
  options: Options,
  others: Readonly<Record<string, Options>> = {},
  more: Partial<StackDeclaration> = {},
) {
  const one = (own: Options) =>
    service({
      ...{ image: "app:1", validations: { ready: { listens: tcp(80, { level: "basic" }) } } },
      ...(own as object),
    });
  const services = Object.fromEntries(
    Object.entries({ app: options, ...others }).map(([name, own]) => [name, one(own)]),
  );
  return smallStack(services, more);
}

function refusal(declaration: StackDeclaration, profile: Profile = smallProfile): string {
  try {
    resolvePlan(declaration, profile, "dev");
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test("a plan says of every port where it is, defaults included", () => {
  const { services } = resolvePlan(
    stack({
      ports: {
        inner: { container: 9000 },
        metrics: { container: 9100, publish: 10 },
        dns: { container: 53, protocol: "udp", host: { address: "0.0.0.0", port: 53 } },
        lan: { container: 80, publish: 11, host: { address: "192.168.1.7" } },
      },
    }),
    smallProfile,
    "dev",
  );
  expect(services["app"]?.ports).toEqual({
    inner: { container: 9000, protocol: "tcp" },
    metrics: { container: 9100, protocol: "tcp", published: { ip: "127.0.0.1", port: 15_010 } },
    dns: { container: 53, protocol: "udp", published: { ip: "0.0.0.0", port: 53 } },
    lan: { container: 80, protocol: "tcp", published: { ip: "192.168.1.7", port: 15_011 } },
  });
});

describe("what is refused, with its place", () => {
  test.for<[string, Ports, string]>([
    ["no port", { a: { publish: 1 } }, "services.app.ports.a.container: is missing"],
    ["another protocol", { a: { container: 1, protocol: "sctp" } }, "services.app.ports.a.protocol"],
    [
      "an address that is a name",
      { a: { container: 1, host: { address: "localhost", port: 1 } } },
      'services.app.ports.a.host.address: "localhost" is not an address of the host',
    ],
    [
      "two places",
      { a: { container: 1, publish: 1, host: { port: 1 } } },
      "services.app.ports.a.host.port: says where it is published, and publish does as well",
    ],
    [
      "an address of what is not published",
      { a: { container: 1, host: { address: "127.0.0.1" } } },
      "services.app.ports.a.host.address: is of a port that is not published",
    ],
    [
      "two at one place",
      { a: { container: 1, publish: 1 }, b: { container: 2, host: { port: 15_001 } } },
      "services.app.ports.b.host.port: 15001 is published by app already",
    ],
    [
      "one at every address",
      {
        a: { container: 1, host: { port: 80, address: "192.168.1.7" } },
        b: { container: 2, host: { port: 80, address: "0.0.0.0" } },
      },
      "services.app.ports.b.host.port: 80 is published by app already",
    ],
  ])("%s", ([, ports, message]) => {
    expect(refusal(stack({ ports }))).toContain(message);
  });

  test("the same number of two protocols is no clash", () => {
    const ports = { a: { container: 53, publish: 1 }, b: { container: 53, protocol: "udp", publish: 1 } };
    expect(refusal(stack({ ports }))).toBe("");
  });

  test("a port that another service publishes", () => {
    const other = { port: 80, publish: 7 };
    expect(refusal(stack({ port: 80, ports: { a: { container: 1, publish: 7 } } }, { other }))).toContain(
      "services.other.publish: 7 is published by app already",
    );
  });

  test("the URL of a port that is not there", () => {
    const env = { A: urlOf("app", { port: "metric" }) };
    const refused = refusal(stack({ ports: { metrics: { container: 1 } } }, { other: { env } }));
    expect(refused).toContain(
      'services.other.env.A: urlOf("app", { port: "metric" }): app has no port of that name; did you mean "metrics"?',
    );
  });
});

test("a URL is that of the port that it names", () => {
  const ports = { metrics: { container: 9100 }, dns: { container: 53, protocol: "udp" } };
  const env = {
    OWN: urlOf("app"),
    METRICS: urlOf("app", { port: "metrics", scheme: "http", path: "/metrics" }),
    DNS: urlOf("app", { port: "dns" }),
    ALONE: urlOf("alone", { port: "metrics" }),
  };
  const { services } = resolvePlan(
    stack({ port: 80, ports }, { other: { env }, alone: { ports } }),
    smallProfile,
    "dev",
  );
  expect(services["other"]?.env).toEqual({
    OWN: "tcp://app:80",
    METRICS: "http://app:9100/metrics",
    DNS: "udp://app:53",
    ALONE: "tcp://alone:9100",
  });
});

describe("a port at every address", () => {
  const ports = { public: { container: 80, host: { address: "0.0.0.0", port: 80 } } };
  const production = profileWith({ environment: "production" });
  const allow = [{ path: "services.app.ports.public.published.ip", reason: "customers call it" }];

  test("is a warning in development", () => {
    expect(widelyPublished(resolvePlan(stack({ ports }), smallProfile, "dev"))).toEqual([
      {
        path: "services.app.ports.public",
        message: "is published at 0.0.0.0:80: who reaches this machine reaches it",
      },
    ]);
  });

  test("needs a reason elsewhere", () => {
    expect(refusal(stack({ ports }), production)).toContain(
      "services.app.ports.public.host.address: 0.0.0.0 is every address of the machine: outside of development parity.allow must say why, at the path services.app.ports.public.published.ip",
    );
    expect(refusal(stack({ ports }, {}, { parity: { allow } }), production)).toBe("");
  });

  test("its reason counts as used where environments agree", () => {
    const declaration = stack({ ports }, {}, { parity: { allow } });
    const stacks = [smallProfile, production].map((profile, i) => ({
      profile,
      plan: resolvePlan(declaration, profile, i === 0 ? "dev" : "prod"),
    }));
    expect(compareStacks(declaration, stacks).unused).toEqual([]);
  });
});
