import { describe, expect, test } from "vitest";
import type { Endpoint } from "../../../lib/model/endpoint.ts";
import type { ProbeStatus, ServiceStatus } from "../../../lib/model/status.ts";
import type { Failed } from "../../../lib/readiness/failed.ts";
import { adviceFor } from "../../../lib/readiness/advice.ts";
import type { CauseCode } from "../../../lib/probe/outcome.ts";
import { readinessSpec } from "../../support/desired.ts";
import { probeStatus, serviceStatus } from "../../support/statuses.ts";

const http: Endpoint = { protocol: "http", host: "api", port: 8080 };
const account = { host: "data", user: "shop", database: "orders", password: [{ secret: "p" }] };
const postgres: Endpoint = { protocol: "postgres", port: 5432, ...account };

interface Case {
  readonly kind?: ProbeStatus["kind"];
  readonly permanent?: boolean;
  readonly endpoint?: Endpoint;
  readonly status?: Partial<ServiceStatus>;
  readonly failed?: Partial<Failed>;
}

/** The advice after a deadline, to a probe that has met this cause last. */
function advice(
  code: CauseCode,
  { kind = "http", permanent = false, endpoint = http, status, failed }: Case = {},
) {
  const probe = probeStatus("ready", { kind, lastCause: { code, text: "a cause", permanent } });
  return adviceFor({
    status: serviceStatus(endpoint.host, { probes: [probe], ...status }),
    spec: readinessSpec({ endpoint }),
    reason: "deadline",
    exit: undefined,
    stack: "dev",
    keptPasswords: [],
    ...failed,
  });
}

const longerBudget = /raise the timeout of the phase/;

describe("what is advised", () => {
  test("is more time where time may help, and not where it cannot", () => {
    expect(advice("refused").join()).toMatch(longerBudget);
    expect(advice("authentication", { permanent: true }).join()).not.toMatch(longerBudget);
  });

  test("carries the stack in every command that takes one", () => {
    const keptPasswords = [{ secret: "p", volume: "data" }];
    const all = (["refused", "authentication", "https"] as const).flatMap((code) =>
      advice(code, { endpoint: postgres, failed: { keptPasswords } }),
    );
    const commands = all.filter((sentence) => /npx phasegate|pulumi (?:up|config)|npm run/.test(sentence));
    expect(commands.filter((sentence) => !sentence.includes("--stack dev"))).toEqual([]);
    expect(new Set(commands).size).toBe(2);
  });

  test.for<[ProbeStatus["kind"], RegExp]>([
    ["exec", /^The command does not end in time/],
    ["completed", /^The container engine does not answer/],
    ["log-line", /^The container engine does not answer/],
    ["dns-name", /^The name server does not answer/],
    ["custom", /^A custom probe does not end in time/],
    ["tcp", /^Nothing answers at its address/],
    ["all", /^A part of the probe/],
    ["http", /^It does not answer in time/],
  ])("after a time-out of %s is about who did not answer", ([kind, words]) => {
    const [first] = advice("timeout", { kind });
    expect(first).toMatch(words);
    expect(first).not.toContain("takes connections and");
  });

  test("names the engine's word where it asks from inside and others are refused", () => {
    const health = (status: ServiceStatus["health"]) => advice("refused", { status: { health: status } })[0];
    expect(health("healthy")).toMatch(/^The engine calls it healthy because .* loopback only/);
    expect(health("unhealthy")).toMatch(/^Nothing listens on its port/);
    expect(health(undefined)).toMatch(/^Nothing listens on its port/);
  });

  test("names the headers where the request is refused, or sent to https", () => {
    expect(advice("request").join()).toMatch(
      /which is api:8080 unless .*headers: \{ Host: .*X-Forwarded-Proto/,
    );
    expect(advice("https", { permanent: true }).join()).toMatch(/X-Forwarded-Proto.*Host header/);
  });

  test("distinguishes a password that a volume keeps from one that is compared at each start", () => {
    const keptPasswords = [{ secret: "shopPassword", volume: "data" }];
    expect(
      advice("authentication", { endpoint: postgres, permanent: true, failed: { keptPasswords } }),
    ).toEqual([
      `Its data in the volume data keeps the password that it was created with, which is not the one in the config. Set the config's password in the server: "docker exec -it netra-dev-data psql -U shop -d orders -c '\\password'" asks for it.`,
      `Or set the password of the data in the config: pulumi config set --secret --path "phasegate:secrets.shopPassword" --stack dev asks for it. If you do not need the data in the volume, remove the volume.`,
      `"npx phasegate validate data --stack dev" runs every probe once, now, and shows each result.`,
      `"docker logs netra-dev-data" shows its whole log.`,
    ]);
    expect(advice("authentication", { endpoint: postgres })[0]).not.toContain("volume");
    expect(advice("authentication", { endpoint: { ...http, protocol: "redis" } })[0]).not.toMatch(
      /volume|data/,
    );
  });

  test("about an account that is not there does not speak of a wrong password", () => {
    expect(advice("account", { endpoint: postgres, permanent: true })[0]).toMatch(
      /^It does not let in the account shop: its image creates that account/,
    );
    expect(advice("account")[0]).not.toContain("password");
  });
});
