import { describe, expect, test } from "vitest";
import { systemClock } from "../../lib/core/clock.ts";
import { completed, engineHealthy, exec, logLine, running } from "../../lib/model/probes.ts";
import type { CommandEnd, ContainerFacts, ContainerView } from "../../lib/probe/probe-kind.ts";
import { attempt, reportOf } from "../support/attempt.ts";
import { containerView, runningFacts } from "../support/container-view.ts";

async function reported(
  probe: Parameters<typeof attempt>[0],
  container: ContainerView = containerView(),
): Promise<string> {
  return reportOf(await attempt(probe, undefined, { container }, "shop"), { host: "shop", port: 0 });
}

describe("the log", () => {
  const lines = ["starting", "listening on s3cr3t/pässword", ""];

  test("has the line", async () => {
    expect(await reported(logLine(/^listening/), containerView({ lines }))).toBe("passed");
    expect(await reported(logLine("LISTENING|ready"), containerView({ lines: ["ready"] }))).toBe("passed");
    expect(await reported(logLine(/LISTENING/i), containerView({ lines }))).toBe("passed");
  });

  test("has other lines", async () => {
    expect(await reported(logLine(/ready/i), containerView({ lines }))).toBe(
      "failed, output: no line that shop has written since its start matches /ready/i; the last of 3 is: listening on [secret]",
    );
  });

  test("is empty", async () => {
    expect(await reported(logLine(/ready/))).toBe(
      "failed, output: no line that shop has written since its start matches /ready/; it had written no whole line yet",
    );
  });

  test("has blank lines alone", async () => {
    const nothing = "failed, output: no line that shop has written since its start matches /ready/; ";
    expect(await reported(logLine(/ready/), containerView({ lines: [" "] }))).toBe(
      `${nothing}the one line is blank`,
    );
    expect(await reported(logLine(/ready/), containerView({ lines: ["", "\t"] }))).toBe(
      `${nothing}all 2 lines are blank`,
    );
  });

  test.each([
    ["a byte order mark", "\ufeffready", "[BOM]ready"],
    ["a carriage return", "10%\rready", String.raw`10%\rready`],
    ["a bell", "ready\u0007", String.raw`ready\x07`],
    ["what reorders text", "ready\u202e", String.raw`ready\u202e`],
    ["half a colour", "ready\u001b[3", String.raw`ready\x1b[3`],
  ])(
    "has a line with %s, which is named: it is why the pattern does not match",
    async (_name, line, shown) => {
      expect(await reported(logLine(/^ready$/), containerView({ lines: [line] }))).toBe(
        `failed, output: no line that shop has written since its start matches /^ready$/; the last of 1 is: ${shown}`,
      );
    },
  );

  test("has a line in which a secret is coloured, or encoded", async () => {
    const tail = async (line: string) =>
      (await reported(logLine(/ready/), containerView({ lines: [line] }))).split("is: ").at(-1);
    expect(await tail("password \u001b[1ms3cr3t/\u001b[31mpässword\u001b[0m")).toBe("password [secret]");
    expect(await tail("GET /?password=s3cr3t%2fp%c3%a4ssword")).toBe("GET /?password=[secret]");
    expect(await tail(String.raw`{"m":"{\"p\":\"s3cr3t\\/p\\u00e4ssword\"}"}`)).toBe(
      String.raw`{"m":"{\"p\":\"[secret]\"}"}`,
    );
  });

  test("is longer than anyone reads", async () => {
    const output = async () => ({ lines: ["a", "b"], complete: false });
    expect(await reported(logLine(/ready/), containerView({ output }))).toBe(
      "failed, output: no line that shop has written since its start, of which the first 4 MiB were read, matches /ready/; the last of 2 is: b",
    );
  });

  test("has a line that goes on and on: its beginning is looked at", async () => {
    const long = `${"x".repeat(1995)}ready${"x".repeat(100_000)}ended`;
    expect(await reported(logLine(/ready/), containerView({ lines: [long] }))).toBe("passed");
    expect(await reported(logLine(/ended/), containerView({ lines: [long, "short"] }))).toBe(
      "failed, output: no line that shop has written since its start matches /ended/ within its first 2000 characters; the last of 2 is: short",
    );
  });

  test("is matched with an expression that takes forever: a mistake of the declaration, soon given up", async () => {
    const startedAt = performance.now();
    expect(await reported(logLine(/^(a+)+$/), containerView({ lines: [`${"a".repeat(60)}b`] }))).toBe(
      "unknown, prober: the pattern /^(a+)+$/ was given up after 250ms: write it without repetitions inside repetitions",
    );
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  test("does not come", async () => {
    const output = () => new Promise<never>(() => {});
    expect(await reported(logLine(/ready/, { timeout: "200ms" }), containerView({ output }))).toBe(
      "failed, timeout: no answer from the engine within 200ms while asking the engine for the container's output",
    );
  });
});

describe("a command in the container", () => {
  const ending = (end: Partial<CommandEnd>) =>
    containerView({ run: async () => ({ exitCode: 0, stdout: "", stderr: "", startError: "", ...end }) });

  test("ends well", async () => {
    expect(await reported(exec(["true"]))).toBe("passed");
    expect(await reported(exec(["test"], { exitCode: 1 }), ending({ exitCode: 1 }))).toBe("passed");
    expect(await reported(exec(["date"], { stdout: /^\d+$/ }), ending({ stdout: "2026\n" }))).toBe("passed");
  });

  test("ends otherwise", async () => {
    expect(
      await reported(exec(["nginx", "-t"]), ending({ exitCode: 1, stderr: "no s3cr3t/pässword\n" })),
    ).toBe("failed, command: nginx -t ended with exit code 1, expected 0; no [secret]");
    expect(await reported(exec(["nginx", "-t"]), ending({ exitCode: 1, stdout: "bad" }))).toBe(
      "failed, command: nginx -t ended with exit code 1, expected 0; bad",
    );
    expect(await reported(exec(["false"]), ending({ exitCode: 1 }))).toBe(
      "failed, command: false ended with exit code 1, expected 0; it wrote nothing",
    );
  });

  test("writes something else", async () => {
    expect(await reported(exec(["date"], { stdout: /^\d+$/ }), ending({ stdout: "now\n" }))).toBe(
      "failed, output: date wrote now, expected a match of /^\\d+$/",
    );
    expect(await reported(exec(["date"], { stdout: "." }))).toBe(
      "failed, output: date wrote nothing, expected a match of /./",
    );
  });

  test("is not there, which waiting does not mend", async () => {
    const startError = 'exec: "curl": executable file not found in $PATH';
    expect(await reported(exec(["curl"]), ending({ exitCode: 126, startError }))).toBe(
      `failed, command, permanent: curl cannot be started: ${startError}`,
    );
  });

  test("cannot run, because the container does not", async () => {
    expect(await reported(exec(["true"]), containerView({ state: { running: false, exitCode: 3 } }))).toBe(
      "failed, exited: shop does not run: it ended with exit code 3",
    );
    expect(await reported(exec(["true"]), containerView({ state: { paused: true } }))).toBe(
      "failed, paused: shop is paused, and runs no command",
    );
  });

  const abortable = (signal: AbortSignal, error?: Error) =>
    new Promise<never>((_resolve, reject) =>
      signal.addEventListener("abort", () => reject(error ?? (signal.reason as Error))),
    );

  test("does not end", async () => {
    const container = containerView({ run: (_command, signal) => abortable(signal) });
    expect(await reported(exec(["sleep", "60"], { timeout: "200ms" }), container)).toBe(
      "failed, timeout: no answer from shop within 200ms while running sleep 60",
    );
  });

  test("does not end, and cannot be killed, which a person must know", async () => {
    const container = containerView({
      run: (_command, signal) => abortable(signal, new Error("it may still run")),
    });
    expect(await reported(exec(["sleep", "60"], { timeout: "200ms" }), container)).toBe(
      "failed, timeout: sleep 60 in shop did not end within 200ms; it may still run",
    );
  });
});

describe("the engine's health check", () => {
  test("has passed", async () => {
    expect(await reported(engineHealthy(), containerView({ state: { health: "healthy" } }))).toBe("passed");
  });

  test("has not passed yet", async () => {
    expect(await reported(engineHealthy(), containerView({ state: { health: "starting" } }))).toBe(
      "failed, unhealthy: the engine's health check of shop has not passed yet",
    );
  });

  test("fails, and says why", async () => {
    const state = { health: "unhealthy", healthOutput: "no s3cr3t/pässword\nhere" } as const;
    expect(await reported(engineHealthy(), containerView({ state }))).toBe(
      "failed, unhealthy: the engine calls shop unhealthy; the last check wrote: no [secret] here",
    );
  });

  test("is asked for again where its output may be old, since not every check is told of", async () => {
    const asked: (number | undefined)[] = [];
    const state = async (maxAgeMs?: number) => {
      asked.push(maxAgeMs);
      const healthOutput = maxAgeMs === undefined ? "first" : "latest";
      return { ...runningFacts, health: "starting", healthOutput } as const;
    };
    expect(await reported(engineHealthy(), containerView({ state }))).toBe(
      "failed, unhealthy: the engine's health check of shop has not passed yet; the last check wrote: latest",
    );
    expect(asked).toEqual([undefined, 1000]);
  });

  test("does not exist, which waiting does not mend", async () => {
    expect(await reported(engineHealthy())).toBe(
      "failed, unhealthy, permanent: shop has no health check that the engine could make: declare one",
    );
  });

  test("is not made of a container that has ended", async () => {
    const state = { running: false, exitCode: 1, health: "healthy" } as const;
    expect(await reported(engineHealthy(), containerView({ state }))).toBe(
      "failed, exited: shop does not run: it ended with exit code 1",
    );
  });

  test("cannot be asked for", async () => {
    const state = () => new Promise<never>(() => {});
    expect(await reported(engineHealthy({ timeout: "200ms" }), containerView({ state }))).toBe(
      "failed, timeout: no answer from the engine within 200ms while asking the engine for the container's state",
    );
  });
});

describe("a job", () => {
  const ended = (exitCode: number, patch: Parameters<typeof containerView>[0] = {}) =>
    containerView({ state: { running: false, exitCode }, ...patch });

  test("has ended as it should", async () => {
    expect(await reported(completed(), ended(0))).toBe("passed");
    expect(await reported(completed({ exitCode: 3 }), ended(3))).toBe("passed");
  });

  test("runs", async () => {
    expect(await reported(completed())).toBe("failed, running: shop is still running");
  });

  test("has failed, which waiting does not mend, and says why", async () => {
    const lines = ["applying", "", "no s3cr3t/pässword", "giving up"];
    expect(await reported(completed(), ended(1, { lines }))).toBe(
      "failed, exited, permanent: shop ended with exit code 1, expected 0; its last lines: applying | no [secret] | giving up",
    );
    expect(await reported(completed(), ended(1))).toBe(
      "failed, exited, permanent: shop ended with exit code 1, expected 0; it wrote no line",
    );
    expect(await reported(completed(), ended(1, { lines: ["", " "] }))).toBe(
      "failed, exited, permanent: shop ended with exit code 1, expected 0",
    );
  });

  test("has failed, which is reported also where its lines cannot be had", async () => {
    const lastLines = () => Promise.reject(new Error("no log driver"));
    expect(await reported(completed(), ended(1, { lastLines }))).toBe(
      "failed, exited, permanent: shop ended with exit code 1, expected 0",
    );
  });

  test("cannot be asked for, which is not its fault", async () => {
    const state = () => Promise.reject(new Error("connect ENOENT /var/run/docker.sock"));
    expect(await reported(completed(), containerView({ state }))).toBe(
      "unknown, prober: connect ENOENT /var/run/docker.sock",
    );
  });
});

describe("a container that is to run", () => {
  const clock = { ...systemClock, now: () => 10_000 };
  const requested = async (probe: ReturnType<typeof running>, state: Partial<ContainerFacts>) =>
    reportOf(await attempt(probe, undefined, { clock, container: containerView({ state }) }, "shop"), {
      host: "shop",
      port: 0,
    });

  test("has run for long enough", async () => {
    expect(await requested(running(), { startedMs: 7000 })).toBe("passed");
    expect(await requested(running({ for: "10s" }), { startedMs: 0 })).toBe("passed");
  });

  test("has only just started, which waiting mends", async () => {
    expect(await requested(running(), { startedMs: 8000 })).toBe(
      "failed, young: shop has run for 2.0s of 3s",
    );
    expect(await requested(running({ for: "1m" }), { startedMs: undefined })).toBe(
      "failed, young: shop has run for 0ms of 1m",
    );
  });

  test("has ended", async () => {
    expect(await requested(running(), { running: false, exitCode: 3 })).toBe(
      "failed, exited: shop does not run: it ended with exit code 3",
    );
  });
});
