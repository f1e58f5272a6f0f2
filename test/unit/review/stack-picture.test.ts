import { describe, expect, test } from "vitest";
import { instance } from "@viz-js/viz";
import { defineStack, external, get, httpService, job, ping, redis, resolvePlan } from "phasegate";
import type { StartRecord } from "../../../lib/model/history.ts";
import { pictureDot } from "../../../lib/review/picture-dot.ts";
import { pictureMermaid } from "../../../lib/review/picture-mermaid.ts";
import { pictureOf, realStarts } from "../../../lib/review/stack-picture.ts";
import { netra } from "../../../stacks/netra.ts";
import { quickstart } from "../../../stacks/quickstart.ts";
import { everything } from "../../support/plan-views.ts";
import { serviceStatus, startMs } from "../../support/statuses.ts";

const small = resolvePlan(quickstart, everything, "test");
const statuses = [
  serviceStatus("postgres", { createdMs: startMs, startedMs: startMs + 100, readyMs: startMs + 2000 }),
  serviceStatus("hello", { createdMs: startMs + 2100, startedMs: startMs + 2200, readyMs: startMs + 2600 }),
];

describe("a picture of a stack", () => {
  test("leaves out a gate that follows from others", () => {
    const { gates } = pictureOf(resolvePlan(netra, everything, "test"));
    expect(gates.map(({ from, to }) => `${from} -> ${to}`)).toEqual([
      "infrastructure -> businessServices",
      "businessServices -> applicationServices",
      "applicationServices -> frontendServices",
    ]);
  });

  test("shows the times of the last start and its critical path", () => {
    const picture = pictureOf(small, statuses);
    expect(picture.caption).toBe("critical path 2.5s: postgres 2.0s → hello 500ms");
    expect(picture.phases.flatMap(({ services }) => services)).toEqual([
      { name: "postgres", job: false, time: "2.0s", critical: true },
      { name: "hello", job: false, time: "500ms", critical: true },
    ]);
    expect(picture.gates).toEqual([{ from: "database", to: "application", critical: true }]);
  });

  test("says of a service that must stay ready for how long: that is part of its time", () => {
    const services = {
      ...quickstart.services,
      postgres: { ...quickstart.services["postgres"], minReady: "1s" },
    };
    const plan = resolvePlan({ ...quickstart, services } as typeof quickstart, everything, "test");
    expect(pictureMermaid(pictureOf(plan, statuses))).toContain('"postgres<br/>2.0s · stays ready for 1s"');
    expect(pictureDot(pictureOf(plan, statuses))).toContain(">2.0s · stays ready for 1s<");
  });

  test.for([
    ["a service is not ready yet", { readyMs: undefined }],
    ["a service was only proven again", { provenAgain: true }],
  ])("has no critical path where %s", ([, patch]) => {
    const picture = pictureOf(small, [
      ...statuses.slice(0, 1),
      { ...serviceStatus("hello"), ...statuses[1], ...(patch as object) },
    ]);
    expect(picture.caption).toBeUndefined();
    expect(picture.phases.flatMap(({ services }) => services)).toEqual([
      { name: "postgres", job: false, time: "2.0s", critical: false },
      { name: "hello", job: false, time: undefined, critical: false },
    ]);
  });

  test("has a critical path past what no `up` starts: what is external, and what a schedule runs", () => {
    const ready = { ready: { pings: ping({ level: "basic" }) } };
    const plan = resolvePlan(
      defineStack({
        name: "leaning",
        environments: ["test"],
        services: {
          cache: redis({ image: "redis:7", validations: ready }),
          warehouse: external.redis({ host: "db.example.com", validations: ready }),
          api: httpService({
            image: "api:1",
            port: 80,
            validations: { ready: { up: get("/", { level: "basic" }) } },
          }),
          nightly: job({ image: "api:1", schedule: "0 3 * * *" }),
        },
        phases: {
          data: { title: "Data", services: ["cache"], validation: "ready", timeout: "30s" },
          far: {
            title: "Far",
            services: ["warehouse"],
            dependsOn: ["data"],
            validation: "ready",
            timeout: "30s",
          },
          apis: {
            title: "APIs",
            services: ["api", "nightly"],
            dependsOn: ["far"],
            validation: "ready",
            timeout: "30s",
          },
        },
        failureHandling: { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "1s" },
      }),
      everything,
      "test",
    );
    const [postgres, hello] = statuses;
    const known = [
      { ...serviceStatus("cache"), ...postgres, service: "cache" },
      { ...serviceStatus("api"), ...hello, service: "api" },
    ];
    const picture = pictureOf(plan, known);
    expect(picture.caption).toBe("critical path 2.5s: cache 2.0s → api 500ms");
    const drawn = picture.phases.flatMap(({ services }) => services);
    expect(drawn.map(({ name, critical }) => [name, critical])).toEqual([
      ["cache", true],
      ["warehouse", false],
      ["api", true],
      ["nightly", false],
    ]);
    expect(picture.gates.map(({ critical }) => critical)).toEqual([true, true]);
  });

  test("takes of each service the newest start that was seen from its beginning to readiness", () => {
    const record = (service: string, atMs: number, patch: Partial<StartRecord> = {}): StartRecord => ({
      beganMs: atMs,
      outcome: "ready",
      status: serviceStatus(service, { createdMs: atMs, readyMs: atMs + 10 }),
      fromStart: true,
      exits: [],
      failure: undefined,
      ...patch,
    });
    const found = realStarts([
      record("postgres", 50, { outcome: "under-way" }),
      record("postgres", 40, { fromStart: false }),
      record("hello", 35, { outcome: "failed" }),
      record("postgres", 30),
      record("hello", 20),
      record("postgres", 10),
    ]);
    expect(found.map(({ service, createdMs }) => [service, createdMs])).toEqual([
      ["postgres", 30],
      ["hello", 20],
    ]);
  });

  test("as Mermaid", () => {
    expect(pictureMermaid(pictureOf(small, statuses))).toBe(
      `---
title: "quickstart: test (stack test)"
---
%% critical path 2.5s: postgres 2.0s → hello 500ms
%% strong arrows: gates · fine arrows: needs · times: from the creation of a container to its readiness
graph LR
  subgraph phase1["Database"]
    service_postgres["postgres<br/>2.0s"]
  end
  subgraph phase2["Application"]
    service_hello["hello<br/>500ms"]
  end
  service_postgres -.-> service_hello
  phase1 == gate ==> phase2
  classDef critical stroke:#c2410c,stroke-width:3px
  class service_postgres,service_hello critical
  linkStyle 1 stroke:#c2410c`,
    );
  });

  test("as SVG, with titles, times and every service, whatever characters are in them", async () => {
    const plan = structuredClone(small);
    const odd = 'Data & "more" <1>';
    for (const phase of Object.values(plan.phases)) phase.title = odd;
    const svg = (await instance()).renderString(pictureDot(pictureOf(plan, statuses)), { format: "svg" });
    expect(svg.match(/<title>(postgres|hello)<\/title>/g)).toHaveLength(2);
    expect(svg).toContain("Data &amp; &quot;more&quot; &lt;1&gt;");
    expect(svg).toContain(">2.0s<");
    expect(svg).toContain(">critical path 2.5s: postgres 2.0s → hello 500ms<");
  });
});
