import { expect, test } from "vitest";
import { memcached } from "../../lib/model/probes.ts";
import { attempt, reportOf } from "../support/attempt.ts";
import { startContainer } from "../support/containers.ts";
import { eventually } from "../support/eventually.ts";

const image = "phasegate-stand-in/memcached:1";

test("memcached answers, is frozen, and is dead", async () => {
  await using server = await startContainer({ image, port: 11211 });
  const reported = async (timeout: "5s" | "300ms" = "5s") =>
    reportOf(await attempt(memcached({ port: server.port, timeout }), undefined, {}, server.host), server);
  expect(await eventually(async () => (await reported()) === "passed")).toBe(true);
  await server.container.pause();
  expect(await reported("300ms")).toBe(
    "failed, timeout: no answer from server:1 within 300ms while waiting for the answer",
  );
  await server.container.unpause();
  await server.container.stop({ t: 5 });
  expect(await reported()).toBe("failed, refused: connection refused by server:1");
});

test("memcached with accounts wants a log-in first", async () => {
  await using server = await startContainer({
    image,
    port: 11211,
    command: ["sh", "-c", "echo netra:pass > /tmp/accounts && exec memcached -Y /tmp/accounts"],
  });
  const reported = async () =>
    reportOf(await attempt(memcached({ port: server.port }), undefined, {}, server.host), server);
  const refusal = "failed, authentication, permanent: server:1 answered: CLIENT_ERROR unauthenticated";
  expect(await eventually(async () => (await reported()) === refusal)).toBe(true);
});
