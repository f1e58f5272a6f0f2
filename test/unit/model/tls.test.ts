import { describe, expect, test } from "vitest";
import { parseProfile, resolvePlan, type StackDeclaration } from "phasegate";
import type { Endpoint } from "../../../lib/model/endpoint.ts";
import { endpointUrl } from "../../../lib/model/endpoint.ts";
import { planWarnings } from "../../../lib/model/plan-warnings.ts";
import { external } from "../../../lib/model/external.ts";
import type { DeclaredProbe } from "../../../lib/model/probe.ts";
import { amqp, get, grpcHealth, ping, query } from "../../../lib/model/probes.ts";
import {
  clickhouse,
  httpService,
  mongodb,
  rabbitmq,
  redis,
  secret,
  urlOf,
} from "../../../lib/model/services.ts";
import type { Tls } from "../../../lib/model/tls.ts";
import { workloadOf } from "../../../lib/model/workload.ts";
import { projectFile } from "../../../lib/project/project-file.ts";
import { authority } from "../../support/certificates.ts";
import { thrownBy } from "../../support/thrown.ts";

const ca = authority().certificate;
const amqps = { ready: { answers: amqp({ level: "basic" }) } };
const profile = parseProfile("dev", {
  ...{
    declaration: "shop",
    environment: "development",
    startupTimeoutMultiplier: 1,
    healthCheckInterval: "10s",
  },
  ...{ validationLevel: "comprehensive", portBase: 15_000, images: {} },
});

function shop(
  tls: true | Tls | undefined,
  probe: DeclaredProbe<"http" | "grpc-health"> = get("/"),
): StackDeclaration {
  const ready = { answers: get("/", { level: "basic" }), probe };
  return {
    name: "shop",
    environments: ["development"],
    services: {
      api: httpService({ image: "api:1", port: 8443, ...(tls && { tls }), validations: { ready } }),
      web: httpService({ image: "web:1", port: 80, env: { API: urlOf("api") }, validations: { ready } }),
    },
    phases: { all: { title: "All", services: ["api", "web"], validation: "ready", timeout: "60s" } },
    needs: {},
    failureHandling: { maxRetries: 1, backoff: { multiplier: 2, max: "30s" }, grace: "10s" },
  };
}
const plan = (...args: Parameters<typeof shop>) => resolvePlan(shop(...args), profile, "dev");

function problems(...args: Parameters<typeof shop>): string {
  return thrownBy(() => plan(...args)) ?? "accepted";
}

describe("TLS of a service", () => {
  test("stands in its endpoint, and in the URL of its clients", () => {
    const { services, secrets } = plan({ ca, certificate: secret("prober"), key: secret("proberKey") });
    expect(services["api"]?.readiness.endpoint?.tls).toEqual({
      ...{ ca, certificate: [{ secret: "prober" }], key: [{ secret: "proberKey" }] },
    });
    expect(services["web"]?.env?.["API"]).toBe("https://api:8443");
    expect(secrets).toEqual({ prober: { generate: false }, proberKey: { generate: false } });
  });

  test("true is verified by the authorities of Node.js", () => {
    expect(plan(true).services["api"]?.readiness.endpoint?.tls).toEqual({});
  });

  test.for<[string, unknown, string]>([
    [
      "a key without its certificate",
      { key: secret("k") },
      "services.api.tls.certificate: certificate and key are given together",
    ],
    [
      "a certificate without its key",
      { certificate: ca },
      "services.api.tls.key: certificate and key are given together",
    ],
    [
      "a key in plain text",
      { certificate: ca, key: "-----BEGIN PRIVATE KEY-----" },
      'services.api.tls.key: must be secret("clientKey")',
    ],
    [
      "a private key among the authorities",
      { ca: `${ca}-----BEGIN PRIVATE KEY-----hush` },
      "services.api.tls.ca: must be certificates in PEM, without a private key",
    ],
    [
      "authorities beside insecure",
      { ca, insecure: true },
      "services.api.tls.ca: means nothing beside insecure: true",
    ],
    ["a misspelt key", { serverNam: "api" }, "services.api.tls.serverNam: is not known here"],
    [
      "a file that is not there",
      { ca: projectFile("ops/no-such.pem") },
      "services.api.tls.ca: ops/no-such.pem cannot be read: there is no such file",
    ],
    [
      "a file outside the project",
      { ca: projectFile("../ca.pem") },
      "services.api.tls.ca: ../ca.pem cannot be read: it is outside the project's folder",
    ],
    [
      "a file that holds no certificate",
      { ca: projectFile("package.json") },
      "services.api.tls.ca: must be certificates in PEM",
    ],
    ["a number", 7, "services.api.tls: must be true, or an object such as"],
  ])("%s is refused with its place", ([, tls, expected]) => {
    const reported = problems(tls as Tls);
    expect(reported).toContain(expected);
    expect(reported).not.toContain("hush");
  });
});

describe("TLS of a database", () => {
  const at = { host: "db", port: 5432, user: "shop", database: "shop", password: "pw" } as const;

  test.for<[Endpoint, string]>([
    [{ protocol: "postgres", ...at, tls: {} }, "postgres://shop:pw@db:5432/shop?sslmode=verify-full"],
    [
      { protocol: "postgres", ...at, tls: { insecure: true } },
      "postgres://shop:pw@db:5432/shop?sslmode=require",
    ],
    [{ protocol: "postgres", ...at }, "postgres://shop:pw@db:5432/shop"],
    [{ protocol: "clickhouse", ...at, tls: {} }, "https://shop:pw@db:5432/shop"],
    [{ protocol: "redis", host: "cache", port: 6379, tls: {} }, "rediss://cache:6379"],
    [{ protocol: "mysql", ...at, tls: {} }, "mysql://shop:pw@db:5432/shop"],
    [{ protocol: "mongodb", ...at, tls: {} }, "mongodb://shop:pw@db:5432/shop?authSource=admin&tls=true"],
    [
      { protocol: "mongodb", host: "db", port: 27017, database: "shop", tls: { insecure: true } },
      "mongodb://db:27017/shop?tls=true&tlsInsecure=true",
    ],
    [
      { protocol: "amqp", host: "mq", port: 5671, user: "shop", password: "pw", vhost: "/", tls: {} },
      "amqps://shop:pw@mq:5671",
    ],
  ])("stands in the URL of its clients: %o", ([endpoint, url]) => {
    expect(endpointUrl(endpoint)).toBe(url);
  });

  test("a path, or a scheme of a library's own, is left as it is", () => {
    const endpoint = { protocol: "postgres", ...at, tls: {} } as const;
    expect(endpointUrl(endpoint, { scheme: "postgresql+asyncpg" })).toBe(
      "postgresql+asyncpg://shop:pw@db:5432/shop",
    );
    expect(endpointUrl(endpoint, { path: "/shop?sslmode=verify-ca" })).toBe(
      "postgres://shop:pw@db:5432/shop?sslmode=verify-ca",
    );
  });

  test("is what its own health check speaks, and its port", () => {
    const works = { works: { answers: ping() } };
    const { healthcheck } = workloadOf(redis({ image: "redis:7", tls: true, validations: works }));
    expect(healthcheck?.command).toEqual(["CMD-SHELL", "redis-cli --tls --insecure ping | grep -q PONG"]);
    const wanting = redis({
      image: "redis:7",
      tls: { certificate: ca, key: secret("k") },
      validations: works,
    });
    expect(workloadOf(wanting).healthcheck, "the certificate is the prober's alone").toBeUndefined();
    const account = {
      database: "d",
      password: secret("p"),
      validations: { works: { answers: query("SELECT 1") } },
    };
    expect(workloadOf(clickhouse({ image: "clickhouse:24", tls: true, ...account })).endpoint).toMatchObject({
      port: 8443,
      tls: {},
    });
    const broker = {
      image: "rabbitmq:4",
      password: secret("p"),
      validations: { works: { answers: amqp() } },
    };
    expect(workloadOf(rabbitmq({ ...broker, tls: true })).endpoint).toMatchObject({ port: 5671, tls: {} });
    const mongo = mongodb({ image: "mongo:8", database: "d", tls: true, validations: works });
    expect(workloadOf(mongo).healthcheck?.command).toContain("--tlsAllowInvalidCertificates");
  });
});

describe("TLS of a probe", () => {
  test("what is wrong in it has its place", () => {
    expect(problems(undefined, get("/", { https: { key: secret("k") } }))).toContain(
      "services.api.validations.ready.probe.https.certificate: certificate and key are given together",
    );
  });
});

describe("insecure", () => {
  test("is a warning for a service, and for each probe that says so", () => {
    const probe = grpcHealth({ port: 9000, tls: { insecure: true } });
    expect(planWarnings(plan({ insecure: true }, probe)).map(({ path }) => path)).toEqual([
      "services.api.tls",
      "services.api.probes.probe",
      "services.web.probes.probe",
    ]);
  });

  test("is a warning for an external service, too", () => {
    const declared = shop(undefined);
    const tls = { insecure: true };
    const api = external.rabbitmq({ host: "mq.example.com", password: secret("p"), tls, validations: amqps });
    const warned = resolvePlan({ ...declared, services: { ...declared.services, api } }, profile, "dev");
    expect(warned.services["api"]?.readiness.endpoint).toMatchObject({
      host: "mq.example.com",
      port: 5671,
      tls,
    });
    expect(planWarnings(warned).map(({ path }) => path)).toEqual(["services.api.tls"]);
    expect(warned.services["web"]?.env?.["API"]).toEqual([
      "amqps://guest:",
      { secret: "p", encode: "uri" },
      "@mq.example.com:5671",
    ]);
  });

  test("nothing is warned of what verifies", () => {
    expect(planWarnings(plan({ ca }, get("/", { port: 9000, https: true })))).toEqual([]);
  });

  test("false is the default", () => {
    expect(plan({ insecure: false }).services["api"]?.readiness.endpoint?.tls).toEqual({});
  });
});
