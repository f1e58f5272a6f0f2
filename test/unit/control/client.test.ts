import { duplexPair } from "node:stream";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { controlClient } from "../../../lib/control/client.ts";
import { fakeClock, settle } from "../../support/fake-clock.ts";

/** A client, and the other end of its stream with every request that arrives there. */
function connected() {
  const [near, far] = duplexPair();
  const clock = fakeClock();
  const requests: { id: number; method: string }[] = [];
  createInterface({ input: far }).on("line", (line) => requests.push(JSON.parse(line) as never));
  const ends: string[] = [];
  const client = controlClient(near, { clock, onEnd: () => ends.push("ended") });
  const say = async (message: object) => {
    far.write(`${JSON.stringify(message)}\n`);
    await settle();
  };
  return { client, clock, requests, ends, say };
}

test("a coordinator that falls silent is asked, and given up when it does not answer", async () => {
  const { client, clock, requests, ends } = connected();
  const call = client.call("awaitGate", { phase: "data", services: {} });
  const failure = expect(call).rejects.toMatchObject({
    code: "PHASEGATE_COORDINATOR_UNREACHABLE",
    message: "the coordinator cannot be reached: it has been silent for 20s, and did not answer when asked",
  });
  await clock.advance(19_000);
  expect(requests.map(({ method }) => method)).toEqual(["awaitGate", "hello"]);
  expect(ends).toEqual([]);
  await clock.advance(1000);
  await failure;
  expect(ends).toEqual(["ended"]);
});

test("a long wait goes on for as long as the coordinator answers when asked", async () => {
  const { client, clock, requests, say } = connected();
  const call = client.call("awaitGate", { phase: "data", services: {} });
  for (let requested = 0; requested < 20; requested++) {
    await clock.advance(10_000);
    const last = requests.at(-1);
    if (last?.method === "hello") await say({ id: last.id, result: { protocol: 1, startedMs: 0 } });
  }
  await say({ id: 1, result: { opened: true, services: [] } });
  expect(await call).toEqual({ opened: true, services: [] });
});

test("who calls on a connection that has ended hears so at once", async () => {
  const { client } = connected();
  client.close();
  await settle();
  await expect(client.call("status", {})).rejects.toMatchObject({
    code: "PHASEGATE_COORDINATOR_UNREACHABLE",
  });
});

test("what is no message of a coordinator's ends the connection: the engine says so what it cannot run", async () => {
  const [near, far] = duplexPair();
  const ends: string[] = [];
  const client = controlClient(near, { onEnd: () => ends.push("ended") });
  const call = client.call("hello", {});
  far.write("OCI runtime exec failed: exec failed: cannot exec in a stopped container: unknown\r\n");
  await expect(call).rejects.toMatchObject({
    code: "PHASEGATE_COORDINATOR_UNREACHABLE",
    message: expect.stringContaining("cannot exec in a stopped container") as unknown,
  });
  expect(ends).toEqual(["ended"]);
});

test("what a coordinator of an earlier version hands over as a container has written it is made visible", async () => {
  const { client, say } = connected();
  const call = client.call("report", { last: 1 });
  await say({
    id: 1,
    result: { reports: [{ phase: "data", logs: ["\u001b[31mred\u009b", "a\tb\nc"] }], cut: false },
  });
  expect(await call).toMatchObject({ reports: [{ phase: "data", logs: [String.raw`red\x9b`, "a\tb\nc"] }] });
});
