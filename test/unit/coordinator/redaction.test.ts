import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { gateMarkdown } from "../../../lib/readiness/gate-markdown.ts";
import type { Bench } from "../../support/coordinator-bench.ts";
import { bench } from "../../support/coordinator-bench.ts";
import { probeOn } from "../../support/desired.ts";
import { failed } from "../../support/outcomes.ts";

let b: Bench;
beforeEach(() => {
  b = bench();
});
afterEach(() => b.close());

describe("secrets", () => {
  test("of any service are blacked out in causes, logs and errors, also percent-encoded and line by line, and never logged", async () => {
    const key = "-----BEGIN KEY-----\nMIIBVgIBADANBgkq\n-----END KEY-----";
    b.engine.add("web");
    b.engine.add("data");
    b.apply("data", {}, { secrets: { other: "p@ss/word", key } });
    b.engine.lines = [
      "DATABASE_URL=postgres://u:p%40ss%2Fword@data",
      "key is MIIBVgIBADANBgkq",
      "token tok-12345",
    ];
    b.scripts[2] = () => failed('the answer was {"password":"p@ss/word"}', "body");
    b.engine.onStart = () => {
      throw new Error("bad mount tok-12345");
    };
    b.apply("web", { probes: { answers: probeOn(2) } }, { secrets: { token: "tok-12345" } });
    const { verdict, progress } = b.gate("web");
    await b.clock.advance(0);
    b.engine.happen("web", "die", { running: false, exitCode: 1 });
    await b.clock.advance(10_000);
    const all = JSON.stringify([
      await verdict,
      progress,
      b.log,
      await b.call("status", {}),
      b.transitions,
      b.desired.load().map(({ record }) => record),
    ]);
    for (const secret of ["p@ss/word", "p%40ss%2Fword", "MIIBVgIBADANBgkq", "tok-12345"])
      expect(all).not.toContain(secret);
    expect(all).toContain("bad mount [secret]");
    expect(all).toContain("postgres://u:[secret]@data");
  });

  test("are blacked out also where they are coloured, or encoded in any way, and where they are part of a name", async () => {
    b.engine.add("web");
    const hex = Buffer.from("tok-12345").toString("hex");
    b.engine.lines = [
      "tok-\u001b[31m12345\u001b[0m",
      `Basic ${btoa("me:tok-12345")}`,
      "tok%2d12345",
      hex,
      "shop",
    ];
    b.scripts[1] = () => failed();
    b.apply("web", {}, { secrets: { token: "tok-12345", short: "hop" } });
    const { verdict } = b.gate("web");
    await b.clock.advance(60_000);
    expect(await verdict).toMatchObject({
      failures: [{ logs: ["[secret]", "Basic [secret]", "[secret]", "[secret]", "s[secret]"] }],
    });
  });
});

test("what a container, a server or the engine writes reaches people without what a terminal or Markdown obeys", async () => {
  const nasty = "\u001b[2J\u001b]0;title\u0007a\rb\u0085c\u202ed\ufeff";
  const shown = String.raw`a\rb\x85c\u202ed[BOM]`;
  b.engine.add("web");
  b.engine.add("data");
  b.engine.lines = [`\tat ${nasty}`];
  b.scripts[1] = () => failed(nasty, "body");
  b.engine.onStart = () => {
    throw new Error(`bad mount ${nasty}`);
  };
  b.apply("web");
  b.apply("data", { probes: { answers: probeOn(2) } });
  b.scripts[2] = () => failed();
  const { verdict, progress } = b.gate("web", "data");
  await b.clock.advance(5000);
  b.engine.happen("data", "die", { running: false, exitCode: 1, startError: nasty });
  await b.clock.advance(60_000);

  const failure = await verdict;
  if (failure.opened) throw new Error("the gate has opened");
  expect(failure.failures[0]?.logs).toEqual([`\tat ${shown}`]);
  const report = { ...failure, phase: "infrastructure", atMs: 0, openedMs: undefined };
  const texts = [
    failure.message,
    gateMarkdown({ declaration: "shop", stack: "dev" }, report),
    ...progress,
    ...b.log,
    ...b.changes,
  ];
  for (const text of texts) expect(text.replaceAll(/[\t\n]/g, "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(failure.message).toContain(`bad mount ${shown}`);
});
