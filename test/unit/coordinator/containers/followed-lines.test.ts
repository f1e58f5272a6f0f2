import { afterEach, describe, expect, test } from "vitest";
import { containerView } from "../../../../lib/coordinator/containers/container-view.ts";
import { followedLines } from "../../../../lib/coordinator/containers/followed-lines.ts";
import { not } from "../../../../lib/model/composites.ts";
import { logLine } from "../../../../lib/model/probes.ts";
import type { Probe } from "../../../../lib/model/probe.ts";
import { resolveProbe } from "../../../../lib/model/resolve-probe.ts";
import { runProbe } from "../../../../lib/probe/run-probe.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { failed, passed } from "../../../support/outcomes.ts";
import { fakeClock, settle } from "../../../support/fake-clock.ts";
import { fakeEngine } from "../../../support/fake-engine.ts";

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

function followed() {
  const clock = fakeClock();
  const engine = fakeEngine(clock.now);
  engine.add("web");
  const found: string[] = [];
  const log: string[] = [];
  const lines = followedLines({
    ...{ engine, clock, random: () => 0 },
    log: (event) => log.push(event),
    onFound: (id) => found.push(id),
  });
  opened.push(lines);
  const one = { isCertain: true, begun: [] as string[] };
  const view = containerView(engine, "web", {
    kept: () => (one.isCertain ? engine.container("web") : undefined),
    look: async () => engine.container("web") ?? "gone",
    follow: lines.search,
    unended: () => one.begun,
  });
  const attempt = async (probe: Probe, signal?: AbortSignal) => {
    const options = { clock, secrets: {}, container: view, loadModule: () => Promise.reject(new Error()) };
    const running = runProbe(probe, "web", undefined, { ...options, ...(signal && { signal }) });
    for (let n = 0; n < 3; n++) await settle();
    const outcome = await running;
    return outcome.status === "passed" ? "passed" : `${outcome.status}: ${outcome.cause.text}`;
  };
  const calls = (what: string) => engine.calls.filter((call) => call.startsWith(what)).length;
  return { ...one, one, clock, engine, lines, found, log, attempt, calls };
}

const ready = resolveProbe(logLine(/^ready/));
const failedText = (count: number, last: string) =>
  `failed: no line that web has written since its start matches /^ready/; the last of ${count} is: ${last}`;

describe("a line that a probe waits for", () => {
  test("is followed from the first attempt on, by one stream, and nothing is asked for", async () => {
    const { engine, attempt, calls, found } = followed();
    engine.lines = ["starting"];
    expect(await attempt(ready)).toBe(failedText(1, "starting"));
    engine.writeLines("web", "loading", "");
    for (let n = 0; n < 3; n++) expect(await attempt(ready)).toBe(failedText(3, "loading"));
    expect(found).toEqual([]);
    engine.writeLines("web", "ready to serve", "more");
    expect(found).toEqual(["web"]);
    expect(await attempt(ready)).toBe("passed");
    expect([calls("follow"), calls("output")]).toEqual([1, 0]);
  });

  test("has come for the whole run, also when the log has let go of it; nothing is followed any more", async () => {
    const { clock, engine, attempt, calls } = followed();
    engine.lines = ["ready"];
    expect(await attempt(ready)).toBe("passed");
    engine.lines = ["other things"];
    await clock.advance(60_000);
    expect(await attempt(ready)).toBe("passed");
    expect(engine.followed()).toEqual([]);
    expect([calls("follow"), calls("output")]).toEqual([1, 0]);
  });

  test("has to come again in the next run", async () => {
    const { clock, engine, attempt, calls } = followed();
    engine.lines = ["ready"];
    expect(await attempt(ready)).toBe("passed");
    await clock.advance(1000);
    engine.lines = ["second"];
    engine.byHand.restart("web");
    expect(await attempt(ready)).toBe(failedText(1, "second"));
    expect(calls("follow")).toBe(2);
  });

  test("is each pattern's own", async () => {
    const { engine, attempt, calls } = followed();
    engine.lines = ["ready"];
    expect(await attempt(ready)).toBe("passed");
    expect(await attempt(resolveProbe(logLine(/^listening/)))).toMatch(/^failed: no line .* is: ready$/);
    engine.writeLines("web", "listening");
    expect(await attempt(resolveProbe(logLine(/^listening/)))).toBe("passed");
    expect(calls("output")).toBe(0);
  });

  test("that must not come is followed for as long as the run goes on", async () => {
    const { clock, engine, attempt } = followed();
    const calm = resolveProbe(not(logLine(/FATAL/)));
    engine.lines = ["ready"];
    expect(await attempt(calm)).toBe("passed");
    await clock.advance(60_000);
    expect(engine.followed()).toEqual(["web"]);
    engine.writeLines("web", "FATAL: no space");
    expect(await attempt(calm)).toMatch(/^failed: .*FATAL.* passes, and must not$/);
  });

  test("may be one without an end", async () => {
    const { one, engine, attempt, calls } = followed();
    engine.lines = ["starting"];
    one.begun = ["loading> "];
    expect(await attempt(ready)).toBe(failedText(2, "loading>"));
    one.begun = ["ready> "];
    expect(await attempt(ready)).toBe("passed");
    one.begun = [];
    expect(await attempt(ready)).toBe(failedText(1, "starting"));
    expect(calls("output")).toBe(0);
  });
});

describe("the log is asked for", () => {
  test("where it is not certain which run it is, or that all has been heard of", async () => {
    const { one, engine, attempt, calls } = followed();
    engine.lines = ["ready"];
    one.isCertain = false;
    expect(await attempt(ready)).toBe("passed");
    expect([calls("follow"), calls("output")]).toEqual([0, 1]);
  });

  test("while what was written before has not been read: that it has no such line is not known", async () => {
    const { clock, engine, attempt, calls } = followed();
    const { promise, resolve } = Promise.withResolvers<void>();
    engine.catchingUp = promise;
    engine.lines = ["FATAL: no space"];
    const calm = attempt(resolveProbe(not(logLine(/FATAL/))));
    await clock.advance(1000);
    expect(await calm).toMatch(/^failed: .* passes, and must not$/);
    expect([calls("follow"), calls("output")]).toEqual([1, 1]);
    resolve();
  });

  test("where the stream has broken, which is begun again from the run's beginning: no line is lost, or counts twice", async () => {
    const { clock, engine, attempt, calls, log } = followed();
    engine.lines = ["starting", "loading"];
    expect(await attempt(ready)).toBe(failedText(2, "loading"));
    engine.endLines("web", new Error("socket hang up"));
    await settle();
    expect(log).toEqual(["not-following"]);
    engine.lines = [...engine.lines, "written in between"];
    expect(await attempt(ready)).toBe(failedText(3, "written in between"));
    expect([calls("follow"), calls("output")]).toEqual([1, 1]);
    await clock.advance(100);
    expect(await attempt(ready)).toBe(failedText(3, "written in between"));
    engine.writeLines("web", "ready");
    expect(await attempt(ready)).toBe("passed");
    expect([calls("follow"), calls("output")]).toEqual([2, 1]);
  });

  test("where it cannot be followed, less and less often tried again, and the engine's own words are the cause", async () => {
    const { clock, engine, attempt, calls } = followed();
    engine.silence = new Error("connect ECONNREFUSED");
    for (let n = 0; n < 20; n++) {
      await attempt(ready);
      await clock.advance(50);
    }
    expect(calls("follow")).toBe(4);
    expect(calls("output")).toBe(20);
  });

  test("where the pattern does not come to an end, and is not tried on each line after it", async () => {
    const { engine, attempt, calls } = followed();
    engine.lines = [`${"a".repeat(60)}b`];
    const endless = resolveProbe(logLine(/^(a+)+$/));
    const text = /^unknown: the pattern .* was given up after 250ms/;
    expect(await attempt(endless)).toMatch(text);
    expect(await attempt(endless)).toMatch(text);
    expect(calls("follow")).toBe(1);
  });
});

test("a container that nobody asks about any more is not followed", async () => {
  const { engine, attempt, lines } = followed();
  await attempt(ready);
  expect(engine.followed()).toEqual(["web"]);
  lines.forget("web");
  await settle();
  expect(engine.followed()).toEqual([]);
});

test("a gate opens with the line that it waits for, between two attempts; who stops a service stops following it", async () => {
  const b = bench();
  opened.push(b);
  b.engine.add("web");
  b.scripts[0] = async (_n, signal, container) => {
    const searched = await container.followed({ source: "ready", flags: "" }, signal);
    return searched?.found === true ? passed : failed();
  };
  b.apply("web", { probes: { ready: resolveProbe(logLine(/ready/, { level: "basic" })) } });
  const { verdict } = b.gate("web");
  await b.clock.advance(5010);
  expect(b.status("web").state).toBe("starting");
  b.engine.writeLines("web", "ready");
  await settle();
  expect((await verdict).opened).toBe(true);
  expect(b.engine.calls.filter((call) => /^(follow|output)/.test(call))).toEqual(["follow web"]);

  b.engine.add("calm");
  b.scripts[0] = async (_n, signal, container) => {
    await container.followed({ source: "FATAL", flags: "" }, signal);
    return passed;
  };
  b.apply("calm", { probes: { calm: resolveProbe(not(logLine(/FATAL/), { level: "basic" })) } });
  await b.clock.advance(1000);
  expect(b.engine.followed()).toEqual(["calm"]);
  b.engine.remove("calm");
  await settle();
  expect(b.engine.followed()).toEqual([]);
});
