import { describe, expect, test } from "vitest";
import { commandText, interruptedText, isDone, progressLine } from "../../../lib/cli/command-text.ts";
import { eventJson, eventLine, holdLine } from "../../../lib/cli/event-text.ts";
import { heldText } from "../../../lib/cli/hold-text.ts";
import { incidentsText } from "../../../lib/cli/incident-text.ts";
import { releasedText } from "../../../lib/cli/release.ts";
import { isReady, statusText } from "../../../lib/cli/status-text.ts";
import type { CommandStep, StackStatus } from "../../../lib/model/control-answers.ts";
import { incident, transition } from "../../support/transitions.ts";
import { probeStatus, serviceStatus } from "../../support/statuses.ts";

const netra = { declaration: "netra", stack: "dev" };
const noonMs = Date.UTC(2026, 10, 24, 12, 0, 0);
const hold = { sinceMs: noonMs, untilMs: noonMs + 1_800_000, why: "an upgrade" };

function step(service: string, patch: Partial<CommandStep> = {}): CommandStep {
  return {
    ...{ service, action: "restart", because: undefined, result: "ready" },
    ...{ already: false, tookMs: 2345, cause: undefined },
    ...patch,
  };
}

describe("a command", () => {
  test("says what it does, for whom and why, and how long it took", () => {
    const begun = { kind: "begun", service: "auth", because: undefined } as const;
    const why = "redis, which it needs, runs again";
    expect(progressLine({ ...begun, action: "start" })).toBe("starting auth");
    expect(progressLine({ ...begun, action: "stop" })).toBe("stopping auth");
    expect(progressLine({ ...begun, action: "restart", because: why })).toBe(`restarting auth: ${why}`);
    expect(progressLine({ ...begun, action: "revalidate", because: why })).toBe(`proving auth again: ${why}`);
    expect(progressLine({ kind: "following" })).toBeUndefined();
    expect(progressLine({ kind: "waiting", text: "0/1 ready" })).toBeUndefined();
    const done = (patch: Partial<CommandStep>) => progressLine({ kind: "done", step: step("auth", patch) });
    expect(done({})).toBe("auth is ready, after 2.3s");
    expect(done({ action: "stop", result: "stopped", tookMs: 412 })).toBe("auth is stopped, after 412ms");
    expect(done({ already: true })).toBe("auth is ready already");
    expect(done({ result: "failed", cause: "exited with code 1" })).toBe(
      "auth has failed, after 2.3s: exited with code 1",
    );
    expect(done({ result: "degraded", cause: "redis, which it depends on, is stopped" })).toBe(
      "auth is degraded, after 2.3s: redis, which it depends on, is stopped",
    );
    expect(done({ result: "not attempted", cause: "redis, which comes before it, is not ready" })).toBe(
      "auth was not attempted: redis, which comes before it, is not ready",
    );
  });

  test("ends with a table of what was done, and what followed", () => {
    const steps = [step("redis"), step("auth", { because: "redis", tookMs: 4012 })];
    expect(commandText(netra, "restart", { steps, impaired: [], held: undefined })).toBe(
      `netra (dev):
service  action   because of  result  took
redis    restart              ready   2.3s
auth     restart  redis       ready   4.0s`,
    );
  });

  test("says who is impaired by a stop, and what starts it again", () => {
    const steps = [step("redis", { action: "stop", result: "stopped", tookMs: 412 })];
    const cause = {
      kind: "dependency",
      service: "redis",
      text: "redis, which it depends on, is stopped",
    };
    const impaired = [
      { service: "auth", state: "degraded", cause },
      { service: "frontend", state: "pending", cause },
    ] as const;
    expect(commandText(netra, "stop", { steps, impaired, held: hold })).toBe(
      `netra (dev):
service  action  because of  result   took
redis    stop                stopped  412ms

not ready because of it:
  auth      degraded  redis, which it depends on, is stopped
  frontend  pending   redis, which it depends on, is stopped

What is stopped stays so until "npx phasegate start redis --stack dev", or the next "up".`,
    );
  });

  test("of all names none of them", () => {
    const steps = ["web", "auth", "redis", "postgres"].map((one) =>
      step(one, { action: "stop", result: "stopped" }),
    );
    expect(commandText(netra, "stop", { steps, impaired: [], held: undefined })).toContain(
      'until "npx phasegate start --stack dev", or',
    );
    const some = commandText(netra, "stop", { steps: steps.slice(1), impaired: [], held: undefined });
    expect(some).toContain('until "npx phasegate start postgres redis auth --stack dev", or');
    expect(commandText(netra, "stop", { steps: [], impaired: [], held: undefined })).toBe(
      "netra (dev): there was nothing to stop.",
    );
  });

  test("says of a held stack when the rest follows", () => {
    const cause = { kind: "dependency", service: "redis", text: "redis, which it needs, runs again" };
    const impaired = [{ service: "auth", state: "degraded", cause }] as const;
    expect(commandText(netra, "restart", { steps: [step("redis")], impaired, held: hold })).toBe(
      `netra (dev):
service  action   because of  result  took
redis    restart              ready   2.3s

not ready because of it:
  auth  degraded  redis, which it needs, runs again

The stack is held until 2026-11-24 12:30:00 UTC ("an upgrade"): what depends on these services follows then.`,
    );
  });

  test("keeps its table within 120 columns, whatever the causes", () => {
    const cause = `GET /health/jwt answered 503, expected 200; ${"the key store is empty ".repeat(8)}`.trim();
    const text = commandText(netra, "restart", {
      steps: [
        step("redis", { result: "failed", cause }),
        step("auth", { result: "not attempted", tookMs: 0 }),
      ],
      impaired: [],
      held: undefined,
    });
    expect(text).toBe(`netra (dev):
service  action   because of  result         took
redis    restart              failed         2.3s  GET /health/jwt answered 503, expected 200; the key store is empty
                                                   the key store is empty the key store is empty the key store is empty
                                                   the key store is empty the key store is empty the key store is empty
                                                   the key store is empty
auth     restart              not attempted`);
  });

  test("has done what it was to do where all is ready, or stopped", () => {
    const of = (...steps: CommandStep[]) => isDone({ steps, impaired: [], held: undefined });
    expect(of(step("redis"), step("auth", { result: "stopped" }))).toBe(true);
    for (const result of ["failed", "degraded", "not attempted"] as const)
      expect(of(step("redis"), step("auth", { result }))).toBe(false);
  });

  test("says at a Ctrl-C what goes on and what does not", () => {
    const redis = { service: "redis", action: "restart" } as const;
    const shows = '"npx phasegate status --watch --stack dev" shows it.';
    expect(interruptedText({ stack: "dev", action: "restart" }, [redis], false)).toBe(
      `Interrupted: restarting redis goes on; nothing else is begun, but what depends on a service that runs again follows it. ${shows}`,
    );
    expect(interruptedText({ stack: "dev", action: "restart" }, [{ ...redis, service: "auth" }], true)).toBe(
      `Interrupted: restarting auth goes on; what depends on it still follows, in order. ${shows}`,
    );
    const stops = ["redis", "postgres"].map((service) => ({ service, action: "stop" as const }));
    expect(interruptedText({ stack: "dev", action: "stop" }, stops, false)).toBe(
      `Interrupted: stopping redis, stopping postgres go on; nothing else is begun. ${shows}`,
    );
    expect(interruptedText({ stack: "dev", action: "stop" }, [], false)).toBe(
      `Interrupted: nothing else is begun. ${shows}`,
    );
  });
});

describe("a hold", () => {
  test("says until when, why, and what is not done meanwhile", () => {
    expect(heldText(hold, noonMs, "dev")).toBe(
      'Held until 2026-11-24 12:30:00 UTC ("an upgrade"), 30m0s more: what fails meanwhile is noticed, and not restarted. "npx phasegate release --stack dev" ends that.',
    );
    expect(heldText({ ...hold, why: undefined }, hold.untilMs + 1, "dev")).toContain(
      "Held until 2026-11-24 12:30:00 UTC, 0ms more:",
    );
  });

  test("says when it is over", () => {
    expect(releasedText("netra (dev)", hold)).toBe(
      "netra (dev) is held no more: it would have been until 2026-11-24 12:30:00 UTC. What has failed meanwhile is restarted now.",
    );
    expect(releasedText("netra (dev)", undefined)).toBe("netra (dev) was not held.");
  });
});

describe("an event", () => {
  const one = transition(7, "redis", { atMs: noonMs, incident: 3 });

  test("is a line: when, who, from which state to which, why, and of which incident", () => {
    expect(eventLine(one, 10)).toBe(
      "2026-11-24 12:00:00 UTC  redis       ready → restarting       the process of redis ended with code 137 (incident 3)",
    );
    const still = { from: "degraded", to: "degraded", incident: undefined } as const;
    expect(eventLine({ ...one, ...still }, 5)).toBe(
      "2026-11-24 12:00:00 UTC  redis  degraded                 the process of redis ended with code 137",
    );
  });

  test("of a hold is one, too", () => {
    expect(holdLine({ atMs: noonMs, held: hold })).toBe(
      '2026-11-24 12:00:00 UTC  the stack is held until 2026-11-24 12:30:00 UTC ("an upgrade")',
    );
    expect(holdLine({ atMs: noonMs, held: undefined })).toBe(
      "2026-11-24 12:00:00 UTC  the stack is held no more",
    );
  });

  test("as JSON is all that is known of it", () => {
    expect(JSON.parse(eventJson(one))).toEqual(one);
    expect(eventJson({ atMs: 1, held: { sinceMs: 1, untilMs: 2 } })).toBe(
      '{"atMs":1,"held":{"sinceMs":1,"untilMs":2}}',
    );
    expect(eventJson({ atMs: 1, held: undefined })).toBe('{"atMs":1,"held":null}');
  });
});

describe("incidents", () => {
  test("say when, the root and its cause, how it ended, how long, and each step with its time", () => {
    const recovered = incident(3, "redis", {
      openedMs: noonMs,
      closedMs: noonMs + 12_600,
      outcome: "recovered",
      services: { redis: "ready", auth: "ready", backend: "ready" },
      steps: [
        {
          ...{ service: "redis", action: "restart", because: "redis" },
          beganMs: noonMs,
          tookMs: 1500,
          result: "ready",
        },
        {
          ...{ service: "auth", action: "restart", because: "redis" },
          beganMs: noonMs + 1500,
          tookMs: 3400,
          result: "failed",
        },
        {
          ...{ service: "auth", action: "restart", because: "auth" },
          beganMs: noonMs + 5900,
          tookMs: 3000,
          result: "ready",
        },
        {
          ...{ service: "backend", action: "revalidate", because: "auth" },
          beganMs: noonMs + 8900,
          tookMs: 40,
          result: "ready",
        },
      ],
    });
    const open = incident(4, "postgres", {
      openedMs: noonMs + 60_000,
      services: { postgres: "restarting", auth: "degraded" },
      steps: [{ service: "postgres", action: "restart", because: "postgres", beganMs: noonMs + 60_000 }],
    });
    expect(incidentsText("netra (dev)", [open, recovered], { cut: false })).toBe(`netra (dev)

incident 3, 2026-11-24 12:00:00 UTC: redis: the process of redis ended with code 137
  recovered after 12.6s; it reached auth, backend
    +0ms   restart     redis                      ready after 1.5s
    +1.5s  restart     auth     because of redis  failed after 3.4s
    +5.9s  restart     auth                       ready after 3.0s
    +8.9s  revalidate  backend  because of auth   ready after 40ms

incident 4, 2026-11-24 12:01:00 UTC: postgres: the process of postgres ended with code 137
  open; it reached auth (degraded)
    +0ms  restart  postgres    under way`);
  });

  test("that ended otherwise say so", () => {
    const of = (patch: Parameters<typeof incident>[2]) =>
      incidentsText("netra (dev)", [incident(1, "redis", { openedMs: noonMs, ...patch })], { cut: false })
        .split("\n")
        .at(3);
    const closedMs = noonMs + 1000;
    expect(of({ outcome: "givenUp" })).toBe("  open: a service was given up; no other service was reached");
    expect(of({ outcome: "givenUp", closedMs })).toBe("  given up after 1.0s; no other service was reached");
    expect(of({ outcome: "stopped", closedMs })).toBe(
      "  over after 1.0s: redis was stopped; no other service was reached",
    );
  });

  test("that there are not are said, and that there are more than fit", () => {
    expect(incidentsText("netra (dev)", [], { cut: false })).toBe(
      "netra (dev): no incident has been recorded.",
    );
    expect(incidentsText("netra (dev)", [], { cut: false, service: "redis" })).toBe(
      "netra (dev): no incident of redis has been recorded.",
    );
    expect(incidentsText("netra (dev)", [incident(1, "redis")], { cut: true }).split("\n")[1]).toBe(
      "Older incidents were left out: the answer would have been too long. Ask for those of one service.",
    );
  });
});

describe("a status", () => {
  const times = { startedMs: noonMs, hasHealthcheck: true, healthyMs: noonMs + 1000 };
  const ready = { ...times, state: "ready", readyMs: noonMs + 2400, readyAfterMs: 2400 } as const;
  const redis = serviceStatus("redis", {
    ...ready,
    sinceMs: noonMs + 2400,
    probes: [
      probeStatus("connectivity", { passing: true }),
      probeStatus("latency", { passing: true, attempts: 9, measured: { p95Ms: 2.5, samples: 50 } }),
    ],
  });
  const auth = serviceStatus("auth", {
    ...ready,
    phase: "businessServices",
    sinceMs: noonMs - 90_000_000,
    probes: [probeStatus("jwtValidationReady", { passing: true })],
  });
  const status = (services: StackStatus["services"], patch: Partial<StackStatus> = {}): StackStatus => ({
    ...{ nowMs: noonMs + 60_000, startedMs: 0, services, held: undefined, incidents: [], lastSeq: 9 },
    drift: [],
    problems: [],
    ...patch,
  });

  test("is a table of services with their probes", () => {
    expect(statusText(netra, status([redis, auth]))).toBe(`netra (dev), 2026-11-24 12:01:00 UTC

service  phase             state  since       engine-healthy  ready  budget      gap   restarts
redis    infrastructure    ready  12:00:02    1.0s            2.4s   1% of 270s  1.4s  0
  ✓ connectivity        1 attempt
  ✓ latency             9 attempts  p95 3ms of 50
auth     businessServices  ready  2026-11-23  1.0s            2.4s   1% of 270s  1.4s  0
  ✓ jwtValidationReady  1 attempt`);
  });

  test("says of a service that starts and must stay ready how it stands with that", () => {
    const cause = { kind: "deployment", text: "its container was started" };
    const interrupted = { times: 1, afterMs: 320, text: "connectivity: connection refused" };
    const text = (
      minReady: NonNullable<Parameters<typeof serviceStatus>[1]>["minReady"],
      state = "starting",
    ) =>
      statusText(
        netra,
        status([serviceStatus("redis", { ...{ cause, minReady }, state: state as "starting" })]),
      )
        .split("\n")
        .slice(3)
        .join(" ")
        .replaceAll(/ +/g, " ");
    const passes = { forMs: 1000, passesSinceMs: 1, interrupted: undefined };
    expect(text(passes)).toContain("was started it passes, and must stay ready for 1s without interruption");
    expect(text({ ...passes, passesSinceMs: undefined, interrupted })).toContain(
      "it was interrupted after 320ms of the 1s that it must stay ready by connectivity: connection refused",
    );
    expect(text({ ...passes, interrupted }, "ready")).not.toContain("stay ready");
  });

  test("that is brief leaves out what passes in what is ready", () => {
    expect(statusText(netra, status([redis]), { brief: true }).split("\n")).toHaveLength(4);
  });

  test("says of an impaired stack why, what is open, and what helps at the root, once", () => {
    const dependency = {
      kind: "dependency",
      service: "redis",
      text: "redis, which it depends on, is given up",
    };
    const services = [
      serviceStatus("redis", {
        state: "givenUp",
        restarts: 5,
        sinceMs: noonMs,
        cause: { kind: "exited", text: "exited with code 1; 5 restarts within 10m did not help" },
        probes: [
          probeStatus("connectivity", {
            attempts: 31,
            lastCause: { code: "refused", text: "connection refused by redis:6379", permanent: false },
          }),
        ],
      }),
      serviceStatus("auth", { state: "degraded", sinceMs: noonMs, cause: dependency }),
      serviceStatus("web", { state: "degraded", sinceMs: noonMs, cause: dependency }),
    ];
    const open = incident(3, "redis", {
      openedMs: noonMs,
      cause: { kind: "exited", text: "exited with code 1" },
      outcome: "givenUp",
      services: { redis: "givenUp", auth: "degraded" },
    });
    expect(statusText(netra, status(services, { incidents: [open] }))).toBe(
      `netra (dev), 2026-11-24 12:01:00 UTC

service  phase           state     since     engine-healthy  ready  budget  gap  restarts
redis    infrastructure  givenUp   12:00:00  none                                5
    exited with code 1; 5 restarts within 10m did not help (incident 3)
  ✗ connectivity  31 attempts  connection refused by redis:6379
auth     infrastructure  degraded  12:00:00  none                                0
    redis, which it depends on, is given up (incident 3)
web      infrastructure  degraded  12:00:00  none                                0
    redis, which it depends on, is given up

Open incidents:
  - incident 3, open since 2026-11-24 12:00:00 UTC (60.0s): redis: exited with code 1; it has reached auth

What helps:
  - redis: "docker logs netra-dev-redis" shows why it does not work; once that is fixed,
    "npx phasegate restart redis --stack dev" tries it again.`,
    );
  });

  test("names the command that helps each", () => {
    const advice = (patch: Parameters<typeof serviceStatus>[1], more: Partial<StackStatus> = {}) =>
      statusText(netra, status([serviceStatus("redis", patch)], more))
        .split("What helps:\n")[1]
        ?.replaceAll(/\n {4}/g, " ");
    const because = (kind: string, text = "") => ({ cause: { kind, text } });
    expect(advice({ state: "stopped", ...because("operator", 'stopped by "phasegate stop"') })).toBe(
      '  - redis: "npx phasegate start redis --stack dev" starts it.',
    );
    const gone = { text: "the container of redis is gone", command: "pulumi up --stack dev" };
    const stopped = { state: "stopped", ...because("operator", "its container is gone") } as const;
    expect(advice(stopped, { drift: [{ kind: "gone", service: "redis", ...gone }] })).toBeUndefined();
    expect(advice({ state: "degraded", ...because("probe", "latency: p95 is 30ms") })).toBe(
      '  - redis: "npx phasegate validate redis --stack dev" runs every probe once, now, and shows each result.',
    );
    expect(advice({ state: "failed", ...because("deadline") })).toBe(
      '  - redis: "npx phasegate report --phase infrastructure --stack dev" says why it failed; "pulumi up --stack dev" or "npx phasegate restart redis --stack dev" tries it again.',
    );
    for (const state of ["ready", "pending", "starting", "restarting"] as const)
      expect(advice({ state, ...because("exited") }), state).toBeUndefined();
    expect(advice({ state: "restarting", ...because("exited") }, { held: hold })).toBe(
      '  - Failed services are restarted when the hold ends: "npx phasegate release --stack dev" ends it.',
    );
  });

  test("shows a hold, and what is the matter with the coordinator's volume", () => {
    const problems = ["The history is not being written: the disk is full."];
    const text = statusText(netra, status([redis], { held: hold, problems }));
    expect(text.split("\n").slice(0, 4)).toEqual([
      "netra (dev), 2026-11-24 12:01:00 UTC",
      'Held until 2026-11-24 12:30:00 UTC ("an upgrade"), 29m0s more: what fails meanwhile is noticed, and not restarted.',
      '"npx phasegate release --stack dev" ends that.',
      "",
    ]);
    expect(text.split("\n\n").at(-1)).toBe(problems[0]);
    expect(statusText(netra, status([]))).toBe(
      'netra (dev), 2026-11-24 12:01:00 UTC\n\nThe coordinator knows no service. "pulumi up --stack dev" registers them.',
    );
  });

  test("says what somebody has changed on the engine, and what mends it", () => {
    const drift = [
      {
        kind: "changed",
        service: "redis",
        text: "redis is paused",
        command: "docker unpause netra-dev-redis",
      },
    ] as const;
    expect(statusText(netra, status([auth], { drift }))).toContain(
      '\nChanged on the engine since the last up:\n  - redis is paused; "docker unpause netra-dev-redis" fixes it',
    );
  });

  test("fits 120 columns, whatever the names and causes", () => {
    const long = "x".repeat(63);
    const text = "GET /health/jwt answered 503, expected 200; ".repeat(6);
    const services = [
      serviceStatus(long, {
        ...{ ...ready, phase: "phase".repeat(12), state: "starting", sinceMs: 0 },
        ...{ provenAgain: true, restarts: 5, cause: { kind: "exited", text } },
        readyAfterMs: 119_900,
        probes: [probeStatus("y".repeat(50), { lastCause: { code: "body", text, permanent: false } })],
      }),
    ];
    const open = incident(1, long, { openedMs: noonMs, cause: { kind: "exited", text } });
    const lines = statusText(netra, status(services, { incidents: [open], held: hold })).split("\n");
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
    expect(lines.find((line) => line.startsWith("xxxxx"))).toMatch(/^x+… {2}phase\w*… {2}starting/);
  });

  test("is that of a ready stack only where all services are, and there are any", () => {
    expect(isReady(status([redis, auth]))).toBe(true);
    expect(isReady(status([]))).toBe(false);
    for (const state of [
      "pending",
      "starting",
      "degraded",
      "failed",
      "restarting",
      "stopped",
      "givenUp",
    ] as const)
      expect(isReady(status([redis, { ...auth, state }])), state).toBe(false);
  });
});
