import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { containerView } from "../../lib/coordinator/containers/container-view.ts";
import { followedLines } from "../../lib/coordinator/containers/followed-lines.ts";
import { listening } from "../../lib/coordinator/containers/unended-lines.ts";
import { systemClock } from "../../lib/core/clock.ts";
import type { Engine } from "../../lib/engine/engine.ts";
import { connectEngine } from "../../lib/engine/docker-engine.ts";
import { any } from "../../lib/model/composites.ts";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import { completed, engineHealthy, exec, logLine } from "../../lib/model/probes.ts";
import type { ContainerView } from "../../lib/probe/probe-kind.ts";
import { attempt, reportOf } from "../support/attempt.ts";
import type { TestContainer } from "../support/containers.ts";
import { startContainer } from "../support/containers.ts";
import { eventually } from "../support/eventually.ts";

const engine = connectEngine();
const image = "phasegate-stand-in/node:24-slim";

/** A container that runs a shell script, and what probes see of it. */
interface Shell extends TestContainer {
  readonly view: ContainerView;
}

async function startShell(
  script: string,
  options: Partial<Parameters<typeof startContainer>[0]> = {},
): Promise<Shell> {
  const started = await startContainer({ image, port: 80, command: ["sh", "-c", script], ...options });
  const { id } = started.container;
  const view = containerView(engine, id, { look: async () => (await engine.inspect(id)) ?? "gone" });
  return { ...started, view };
}

async function reported(probe: DeclaredProbe, { view }: Shell): Promise<string> {
  const outcome = await attempt(probe, undefined, { container: view }, "shop");
  return reportOf(outcome, { host: "shop", port: 0 });
}

/** The command lines of all that runs in a container. */
async function processes({ container }: Shell): Promise<string[]> {
  const { Processes: rows } = (await container.top({ ps_args: "-o pid,args" })) as {
    Processes: [pid: string, args: string][];
  };
  return rows.map(([, args]) => args);
}

/** How many processes of a container have ended and been collected by nobody. */
async function zombies({ view }: Shell): Promise<number> {
  const list = ["sh", "-c", "grep -l '^State:.Z' /proc/[0-9]*/status"];
  const { stdout } = await view.run(list, AbortSignal.timeout(10_000));
  return stdout.split("\n").filter((line) => line !== "").length;
}

const forever = "while :; do sleep 1; done";

describe("the log", () => {
  test("is that of the container's current run, from its first line on", async () => {
    await using shell = await startShell(
      `if [ -e /ran ]; then echo second; else touch /ran; echo first; fi; echo problem >&2; ${forever}`,
    );
    const run = { timeout: "10s" } as const;
    await expect.poll(() => reported(logLine(/^first$/, run), shell)).toBe("passed");
    await expect.poll(() => reported(logLine(/^problem$/, run), shell)).toBe("passed");
    for (let round = 0; round < 3; round += 1) {
      await shell.container.restart({ t: 0 });
      await expect.poll(() => reported(logLine(/^second$/, run), shell)).toBe("passed");
      expect(await reported(logLine(/^first$/, run), shell)).toMatch(
        /^failed, output: no line that shop has written since its start matches \/\^first\$\/; the last of [12] is: /,
      );
    }
  });

  test("is matched without its colours, and shown without what a terminal obeys", async () => {
    await using shell = await startShell(
      `printf '\\033[32mready to serve\\033[0m\\n10%%\\r20%%\\r\\a\\342\\200\\256done\\n'; ${forever}`,
    );
    await expect.poll(() => reported(logLine(/^ready to serve$/), shell)).toBe("passed");
    await expect
      .poll(() => reported(logLine(/^served$/), shell))
      .toMatch(/; the last of 2 is: 10%\\r20%\\r\\x07\\u202edone$/);
  });

  test("has its last line also while that has no end, which the engine keeps back, in this run and the next", async () => {
    const ears = listening(engine, { clock: systemClock, random: Math.random, log: () => undefined });
    // It is listened to within the second before it writes: Pulumi leaves less, and the coordinator needs milliseconds.
    await using shell = await startShell(`echo one; sleep 1; printf 'ready> '; ${forever}`);
    const { id } = shell.container;
    ears.listen(id);
    const view = containerView(ears.engine, id, { look: async () => (await engine.inspect(id)) ?? "gone" });
    const isReady = () => reported(logLine(/^ready> $/), { ...shell, view });
    const soon = { timeout: 15_000 };
    await expect.poll(isReady, soon).toBe("passed");
    expect(await ears.engine.logs(id, 2)).toEqual(["one", "ready> "]);
    expect(await engine.logs(id, 2)).toEqual(["one"]);
    await shell.container.restart({ t: 0 });
    expect(await isReady()).not.toBe("passed");
    await expect.poll(isReady, soon).toBe("passed");
    ears.close();
  });

  test.for([
    { tty: false, what: "frames" },
    { tty: true, what: "a terminal" },
  ])("is followed line by line in $what, in this run and the next, and not asked for", async ({ tty }) => {
    await using shell = await startShell(`seq 50000; sleep 1; echo ready; ${forever}`, { tty });
    const { id } = shell.container;
    let [asked, found] = [0, 0];
    const outputSince: Engine["outputSince"] = (...of) => {
      asked++;
      return engine.outputSince(...of);
    };
    const onFound = () => void found++;
    const lines = followedLines({
      ...{ engine, clock: systemClock, random: Math.random, log: () => undefined, onFound },
    });
    let run = await engine.inspect(id);
    const view = containerView({ ...engine, outputSince }, id, {
      ...{ kept: () => run, look: async () => run ?? "gone", follow: lines.search },
    });
    const isReady = () => reported(logLine(/^ready$/), { ...shell, view });
    for (let round = 1; round <= 3; round++) {
      expect(await isReady()).toMatch(/^failed, output: no line .* matches \/\^ready\$\/; /);
      // What was written before it was followed is read, and the rest comes by itself.
      await expect.poll(() => found, { timeout: 15_000 }).toBe(round);
      const before = asked;
      expect(await isReady()).toBe("passed");
      expect(await reported(logLine(/^50001$/), { ...shell, view })).toMatch(
        /; the last of 50001 is: ready$/,
      );
      expect(asked).toBe(before);
      await shell.container.restart({ t: 0 });
      run = await engine.inspect(id);
    }
    lines.close();
  });

  test("of a container that has ended is still there", async () => {
    await using shell = await startShell("sleep 1; echo done; exit 3");
    await shell.container.wait();
    expect(await reported(logLine(/^done$/), shell)).toBe("passed");
    expect(await reported(completed(), shell)).toBe(
      "failed, exited, permanent: shop ended with exit code 3, expected 0; its last lines: done",
    );
  });

  test("is read no further than 4 MiB", async () => {
    await using shell = await startShell(
      `echo ready; yes $(head -c 2000 /dev/zero | tr "\\0" y) | head -c 5000000; echo; echo finished; ${forever}`,
    );
    await expect
      .poll(async () => (await engine.logs(shell.container.id, 1))[0], { timeout: 30_000 })
      .toBe("finished");
    expect(await reported(logLine(/^ready$/), shell)).toBe("passed");
    expect(await reported(logLine(/^finished$/), shell)).toMatch(
      /^failed, output: .* since its start, of which the first 4 MiB were read, matches /,
    );
  });
});

test.for([
  { init: true, left: "none" },
  { init: false, left: "some" },
])(
  "commands that are given up leave $left of their processes where init is $init",
  { timeout: 60_000 },
  async ({ init }) => {
    // An application that starts no processes does not expect to be handed those of others.
    const command = ["node", "-e", "setInterval(() => {}, 1000)"];
    await using shell = await startShell("", { command, init });
    await expect.poll(() => reported(exec(["true"]), shell)).toBe("passed");
    for (let n = 0; n < 5; n += 1)
      expect(await reported(exec(["sh", "-c", "sleep 60 & sleep 60"], { timeout: "500ms" }), shell)).toMatch(
        /^failed, timeout: /,
      );
    if (init) await expect.poll(() => zombies(shell)).toBe(0);
    else expect(await zombies(shell)).toBeGreaterThan(0);
  },
);

describe("a command in the container", () => {
  let shell: Shell;
  beforeAll(async () => {
    shell = await startShell(forever, { env: { COLOUR: "blue" } });
  });
  afterAll(async () => {
    await shell?.[Symbol.asyncDispose]();
  });
  const onlyItself = async () =>
    (await processes(shell)).every((args) => /^sh -c while|^sleep 1$/.test(args));

  test("is judged by its exit code and by what it writes", async () => {
    expect(await reported(exec(["true"]), shell)).toBe("passed");
    expect(await reported(exec(["sh", "-c", "exit 7"], { exitCode: 7 }), shell)).toBe("passed");
    expect(await reported(exec(["sh", "-c", "echo $COLOUR"], { stdout: /^blue$/ }), shell)).toBe("passed");
    expect(await reported(exec(["printf", "\\033[34mblue\\033[0m\\n"], { stdout: /^blue$/ }), shell)).toBe(
      "passed",
    );
    expect(await reported(exec(["sh", "-c", "echo green; echo no such colour >&2; exit 1"]), shell)).toBe(
      "failed, command: sh -c echo green; echo no such colour >&2; exit 1 ended with exit code 1, expected 0; no such colour",
    );
    expect(await reported(exec(["echo", "green"], { stdout: /blue/ }), shell)).toBe(
      "failed, output: echo green wrote green, expected a match of /blue/",
    );
  });

  test("is not in the image, which waiting does not mend", async () => {
    expect(await reported(exec(["pg_isready"]), shell)).toBe(
      'failed, command, permanent: pg_isready cannot be started: exec: "pg_isready": executable file not found in $PATH',
    );
  });

  test("may write more than anyone reads", async () => {
    expect(await reported(exec(["sh", "-c", "yes | head -c 5000000"], { stdout: /^y/ }), shell)).toBe(
      "passed",
    );
  });

  test.each([
    ["sleeps", ["sleep", "1001"]],
    ["does not listen to signals", ["sh", "-c", 'trap "" TERM INT HUP; while :; do sleep 1002; done']],
    [
      "leaves children, some in a session of their own",
      ["sh", "-c", "sleep 1003 & setsid sleep 1004 & sleep 1005"],
    ],
    ["ends, but what it has started holds its output", ["sh", "-c", "sleep 1006 &"]],
    ["writes without end", ["yes", "1007"]],
  ])("that does not end and %s is killed with all that it has started", async (_name, command) => {
    const [first = "", ...rest] = command;
    const hanging = attempt(
      exec([first, ...rest], { timeout: "2s" }),
      undefined,
      { container: shell.view },
      "shop",
    );
    expect(await eventually(async () => (await processes(shell)).some((args) => /100\d/.test(args)))).toBe(
      true,
    );
    expect(reportOf(await hanging, shell)).toMatch(
      /^failed, timeout: no answer from shop within 2s while running /,
    );
    expect(await eventually(onlyItself), (await processes(shell)).join("\n")).toBe(true);
  });

  test("is killed when it is not waited for any more", async () => {
    const soon = any([exec(["sleep", "1008"]), exec(["sh", "-c", "sleep 1"])], { timeout: "30s" });
    expect(await reported(soon, shell)).toBe("passed");
    expect(await eventually(onlyItself)).toBe(true);
  });

  test("of a container that stops is over with it", async () => {
    await using other = await startShell(forever);
    const hanging = attempt(
      exec(["sleep", "1010"], { timeout: "3s" }),
      undefined,
      { container: other.view },
      "shop",
    );
    expect(await eventually(async () => (await processes(other)).includes("sleep 1010"))).toBe(true);
    await other.container.stop({ t: 0 });
    // The engine reports a command that was killed with its container as any that was.
    expect(reportOf(await hanging, other)).toBe(
      "failed, command: sleep 1010 ended with exit code 137, expected 0; it wrote nothing",
    );
  });

  test("is killed when its container, frozen in the middle of it, goes on", async () => {
    await using other = await startShell(forever);
    const reaching = containerView(connectEngine({ self: shell.container.id }), other.container.id, {
      look: async () => (await engine.inspect(other.container.id)) ?? "gone",
    });
    const hanging = attempt(
      exec(["sleep", "1011"], { timeout: "2s" }),
      undefined,
      { container: reaching },
      "shop",
    );
    expect(await eventually(async () => (await processes(other)).includes("sleep 1011"))).toBe(true);
    await other.container.pause();
    expect(reportOf(await hanging, other)).toMatch(/^failed, timeout: /);
    await systemClock.sleep(2000);
    await other.container.unpause();
    expect(await eventually(async () => !(await processes(other)).includes("sleep 1011"))).toBe(true);
  });

  test("is not run where the container is frozen", async () => {
    await shell.container.pause();
    try {
      expect(await reported(exec(["true"]), shell)).toBe(
        "failed, paused: shop is paused, and runs no command",
      );
    } finally {
      await shell.container.unpause();
    }
  });
});

describe("a command that does not end in an image without a shell", () => {
  const noShell = async () => {
    const shell = await startShell("", { command: ["node", "-e", "setInterval(() => {}, 1000)"] });
    await expect.poll(() => reported(exec(["rm", "/bin/sh"]), shell)).toBe("passed");
    return shell;
  };
  const hangs = exec(["sleep", "1009"], { timeout: "1s" });
  const stillRuns = async (shell: Shell) => (await processes(shell)).some((args) => args.includes("1009"));

  test("is killed from a container beside it, which is gone then, too", async () => {
    await using shell = await noShell();
    await using self = await startShell(forever);
    const { id } = shell.container;
    const reaching = containerView(connectEngine({ self: self.container.id }), id, {
      look: async () => (await engine.inspect(id)) ?? "gone",
    });
    expect(await reported(hangs, { ...shell, view: reaching })).toMatch(/^failed, timeout: /);
    expect(await eventually(async () => !(await stillRuns(shell)))).toBe(true);
    const beside = async () =>
      (await new Docker().listContainers({ all: true })).filter(
        ({ HostConfig, Command }) => HostConfig.NetworkMode === "none" && Command.includes("PHASEGATE_EXEC"),
      );
    expect(await eventually(async () => (await beside()).length === 0)).toBe(true);
  });

  test("may still run where nothing can reach it, and the cause says so", async () => {
    await using shell = await noShell();
    expect(await reported(hangs, shell)).toBe(
      "failed, timeout: sleep 1009 in shop did not end within 1s; what it has started there may still run, since nothing could end it",
    );
    expect(await stillRuns(shell)).toBe(true);
  });
});

test("the engine's health check, as it comes to pass and fails", async () => {
  await using shell = await startShell(forever, {
    healthcheck: { Test: ["CMD-SHELL", "cat /well"], Interval: 200_000_000, Retries: 2 },
  });
  expect(await reported(engineHealthy(), shell)).toMatch(
    /^failed, unhealthy: the engine('s health check of shop has not passed yet| calls shop unhealthy)/,
  );
  await expect
    .poll(() => reported(engineHealthy(), shell), { timeout: 20_000 })
    .toBe(
      "failed, unhealthy: the engine calls shop unhealthy; the last check wrote: cat: /well: No such file or directory",
    );
  expect(await reported(exec(["touch", "/well"]), shell)).toBe("passed");
  await expect.poll(() => reported(engineHealthy(), shell), { timeout: 20_000 }).toBe("passed");
});

test("the engine's health check of the run before says nothing of the current one", async () => {
  await using shell = await startShell(`if [ -e /ran ]; then sleep 3; fi; touch /ran /well; ${forever}`, {
    healthcheck: { Test: ["CMD-SHELL", "cat /well"], Interval: 1_000_000_000, Retries: 30 },
  });
  const state = async () => (await engine.inspect(shell.container.id)) ?? { health: "gone", healthyMs: 0 };
  await expect.poll(async () => (await state()).health, { timeout: 20_000 }).toBe("healthy");
  expect((await state()).healthyMs).toBeDefined();
  expect(await reported(exec(["rm", "/well"]), shell)).toBe("passed");
  await shell.container.restart({ t: 0 });
  expect(await state()).toMatchObject({ health: "starting", healthyMs: undefined });
  await expect.poll(async () => (await state()).health, { timeout: 20_000 }).toBe("healthy");
  const { startedMs = 0, healthyMs } = (await engine.inspect(shell.container.id)) ?? {};
  expect(healthyMs).toBeGreaterThan(startedMs + 2000);
});

test("a container that is gone is not the service's fault", async () => {
  const shell = await startShell(forever);
  await shell[Symbol.asyncDispose]();
  await systemClock.sleep(100);
  for (const probe of [engineHealthy(), exec(["true"]), logLine(/ready/), completed()])
    expect(await reported(probe, shell)).toBe("unknown, prober: the container is gone");
});
