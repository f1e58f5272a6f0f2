import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { containerView } from "../../lib/coordinator/containers/container-view.ts";
import { connectEngine } from "../../lib/engine/docker-engine.ts";
import type { EndpointOf } from "../../lib/model/endpoint.ts";
import { amqp, queue } from "../../lib/model/probes.ts";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import { attempt, reportOf, secrets } from "../support/attempt.ts";
import type { TestContainer } from "../support/containers.ts";
import { startContainer } from "../support/containers.ts";
import { eventually } from "../support/eventually.ts";
import { untilPassed, whilePaused } from "../support/real-server.ts";

describe("RabbitMQ", () => {
  let server: TestContainer;
  let endpoint: EndpointOf<"amqp">;
  const reported = async (probe: DeclaredProbe, changed: Partial<EndpointOf<"amqp">> = {}) =>
    reportOf(await attempt(probe, { ...endpoint, ...changed }), endpoint);
  const ctl = async (...command: string[]) => {
    const container = containerView(connectEngine(), server.container.id, { look: async () => "gone" });
    const end = await container.run(["rabbitmqctl", "-q", ...command], AbortSignal.timeout(60_000));
    if (end.exitCode !== 0) throw new Error(`rabbitmqctl ${command.join(" ")}: ${end.stdout}${end.stderr}`);
    return end.stdout;
  };

  beforeAll(async () => {
    server = await startContainer({
      image: "phasegate-stand-in/rabbitmq:4",
      port: 5672,
      env: {
        RABBITMQ_DEFAULT_USER: "netra",
        RABBITMQ_DEFAULT_PASS: secrets.wrong,
        RABBITMQ_DEFAULT_VHOST: "orders",
      },
    });
    endpoint = {
      protocol: "amqp",
      host: server.host,
      port: server.port,
      user: "netra",
      // RabbitMQ 3.10 keeps one that is not ASCII wrongly.
      password: [{ secret: "wrong" }],
      vhost: "orders",
    };
    await untilPassed(amqp(), endpoint);
    const name = 'rabbit_misc:r(<<"orders">>, queue, <<"paid">>)';
    await ctl("eval", `{new, _} = rabbit_amqqueue:declare(${name}, true, false, [], none, <<"test">>), ok.`);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  test("lets the account in", async () => {
    expect(await reported(amqp())).toBe("passed");
    // Every connection has been closed, on the broker too.
    expect(await eventually(async () => (await ctl("list_connections", "name")).trim() === "")).toBe(true);
  });

  test("does not take the account, or has no such virtual host", async () => {
    expect(await reported(amqp(), { password: [{ secret: "password" }] })).toMatch(
      /^failed, authentication, permanent: server:1 answered: ACCESS_REFUSED - Login was refused/,
    );
    expect(await reported(amqp(), { user: "nobody" })).toMatch(/^failed, authentication, permanent: /);
    expect(await reported(amqp(), { vhost: "missing" })).toBe(
      "failed, server, permanent: server:1 answered: NOT_ALLOWED - vhost missing not found",
    );
    await ctl("add_vhost", "others");
    expect(await reported(amqp(), { vhost: "others" })).toBe(
      "failed, account, permanent: server:1 answered: NOT_ALLOWED - access to vhost 'others' refused for user 'netra'",
    );
  });

  test("has a queue, or not, with so many messages and consumers", async () => {
    expect(await reported(queue("paid"))).toBe("passed");
    expect(await reported(queue("paid", { messages: { atMost: 0 }, consumers: { atLeast: 0 } }))).toBe(
      "passed",
    );
    expect(await reported(queue("paid", { consumers: { atLeast: 1 } }))).toBe(
      "failed, rows: the queue paid on server:1 has 0 consumers, expected at least 1",
    );
    expect(await reported(queue("lost"))).toBe(
      "failed, server: server:1 answered: NOT_FOUND - no queue 'lost' in vhost 'orders'",
    );
    // A probe takes no message and makes no queue.
    expect((await ctl("list_queues", "-p", "orders", "name", "messages")).trim()).toMatch(
      /^(name\s+messages\s+)?paid\s+0$/,
    );
  });

  test("has as many connections as it takes", async () => {
    await ctl("set_vhost_limits", "-p", "orders", '{"max-connections": 0}');
    try {
      expect(await reported(amqp())).toMatch(
        /^failed, capacity: server:1 answered: NOT_ALLOWED - access to vhost 'orders' refused for user 'netra': connection limit \(0\) is reached$/,
      );
    } finally {
      await ctl("clear_vhost_limits", "-p", "orders");
    }
  });

  test("is frozen, and is dead", async () => {
    expect(await whilePaused(server, amqp({ timeout: "500ms" }), endpoint)).toBe(
      "failed, timeout: no answer from server:1 within 500ms while waiting for the broker",
    );
    await server.container.stop({ t: 5 });
    expect(await reported(amqp())).toBe("failed, refused: connection refused by server:1");
  });
});
