import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import type { EndpointOf } from "../../lib/model/endpoint.ts";
import { connections, sql } from "../../lib/model/probes.ts";
import { against, againstNobody, attempt, reportOf } from "../support/attempt.ts";
import { containerView } from "../support/container-view.ts";
import { errorMessage, fakePostgres, message, session } from "../support/fake-postgres.ts";
import { answer, halfClose, hang, listen, reset } from "../support/loopback.ts";

const at = (address: { host: string; port: number }): EndpointOf<"postgres"> => ({
  protocol: "postgres",
  host: address.host,
  port: address.port,
  user: "netra",
  database: "netra",
  password: [{ secret: "password" }],
});

const select = sql("SELECT 1");
const quick = sql("SELECT 1", { timeout: "1s" });
const rowOf = (value: string) =>
  message("D", Buffer.concat([Buffer.from([0, 1, 0, 0, 0, value.length]), Buffer.from(value)]));
const ready = message("Z", Buffer.from("I"));

describe("a PostgreSQL probe and a server that", () => {
  test("is not there", async () => {
    expect(await againstNobody(select, at)).toBe("failed, refused: connection refused by server:1");
  });

  test("accepts and says nothing", async () => {
    expect(await against(hang, quick, at)).toBe(
      "failed, timeout: no answer from server:1 within 1s while logging in",
    );
  });

  test("closes its half of the connection", async () => {
    expect(await against(halfClose, select, at)).toBe(
      "failed, reset: connection closed by server:1 while logging in",
    );
  });

  test("resets the connection", async () => {
    expect(await against(reset, select, at)).toBe(
      "failed, reset: connection closed by server:1 while logging in",
    );
  });

  test.each([
    ["HTTP", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"],
    ["Redis", "-ERR unknown command\r\n"],
    ["SSH", "SSH-2.0-OpenSSH_9.2p1\r\n"],
    ["a text with a plausible first letter", "Error: what is this?\r\n"],
  ])("speaks another protocol: %s", async (_name, text) => {
    expect(await against(answer(text), select, at)).toBe(
      "failed, protocol: server:1 answered, but not as PostgreSQL does",
    );
  });

  test("sends a message that its own protocol does not know, which the client library throws at", async () => {
    const unknownAuthentication = message("R", Buffer.from([0, 0, 0, 99]));
    expect(await against(answer(unknownAuthentication), select, at)).toBe(
      "failed, protocol: server:1 answered with something that its protocol does not know",
    );
  });

  test("is starting up", async () => {
    const starting = errorMessage("57P03", "the database system is starting up");
    expect(await against(answer(starting), select, at)).toBe(
      "failed, server: server:1 answered: the database system is starting up",
    );
  });

  test("answers with an error that quotes the password", async () => {
    const leak = errorMessage(
      "XX000",
      "cannot parse postgres://netra:s3cr3t%2Fp%C3%A4ssword@db (s3cr3t/pässword)",
    );
    expect(await against(answer(leak), select, at)).toBe(
      "failed, server: server:1 answered: cannot parse postgres://netra:[secret]@db ([secret])",
    );
  });

  test.each<[string, string[], string]>([
    [
      "no such role",
      [
        'FATAL:  password authentication failed for user "other"',
        'DETAIL:  Role "other" does not exist.',
        '2026-11-25 12:00:00.000 UTC [45] FATAL:  password authentication failed for user "netra"',
        '2026-11-25 12:00:00.000 UTC [45] DETAIL:  Role "netra" does not exist.',
        '\tConnection matched file "/var/lib/postgresql/data/pg_hba.conf" line 128: "host all all all scram-sha-256"',
      ],
      'account, permanent: server:1 answered: password authentication failed for user "netra"; its log says: Role "netra" does not exist.',
    ],
    [
      "a role without a password",
      [
        'FATAL:  password authentication failed for user "netra"',
        'DETAIL:  User "netra" has no password assigned.',
      ],
      'authentication, permanent: server:1 answered: password authentication failed for user "netra"; its log says: User "netra" has no password assigned.',
    ],
    [
      "another password",
      [
        'FATAL:  password authentication failed for user "netra"',
        'DETAIL:  Role "netra" does not exist.',
        'FATAL:  password authentication failed for user "netra"',
        'DETAIL:  Connection matched pg_hba.conf line 100: "host all all all scram-sha-256"',
      ],
      'authentication, permanent: server:1 answered: password authentication failed for user "netra"',
    ],
    [
      "nothing",
      [],
      'authentication, permanent: server:1 answered: password authentication failed for user "netra"',
    ],
  ])("does not take the account, and has written to its log of %s", async (_name, lines, reported) => {
    const refusal = answer(errorMessage("28P01", 'password authentication failed for user "netra"'));
    await using server = await listen(refusal);
    const container = containerView({ lines });
    for (const probe of [select, connections(1)])
      expect(reportOf(await attempt(probe, at(server), { container }), server)).toContain(reported);
  });

  test("does not take the account, and whose log cannot be had", async () => {
    await using server = await listen(answer(errorMessage("28P01", "no")));
    const container = containerView({ lastLines: () => Promise.reject(new Error("the engine is gone")) });
    expect(reportOf(await attempt(select, at(server), { container }), server)).toBe(
      "failed, authentication, permanent: server:1 answered: no",
    );
  });

  test("answers slowly, but in time", async () => {
    const slowly = fakePostgres({
      onQuery: (socket) =>
        void setTimeout(
          () =>
            socket.write(
              Buffer.concat([
                message("1"),
                message("2"),
                rowOf("1"),
                message("C", Buffer.from("SELECT 1\0")),
                ready,
              ]),
            ),
          100,
        ),
    });
    expect(
      await against(slowly, sql("SELECT 1", { timeout: "4s", rows: { atLeast: 1, atMost: 1 } }), at),
    ).toBe("passed");
  });

  test("breaks off in the middle of the result", async () => {
    const breaksOff = fakePostgres({
      onQuery: (socket) =>
        void socket.write(Buffer.concat([message("1"), message("2"), rowOf("1")]), () =>
          socket.resetAndDestroy(),
        ),
    });
    expect(await against(breaksOff, select, at)).toBe(
      "failed, reset: connection closed by server:1 while waiting for the query's result",
    );
  });

  test("never ends a query: the statement is cancelled there, by the id and key of its session", async () => {
    const cancelled: unknown[] = [];
    let stuck: Socket | undefined;
    const behave = fakePostgres({
      onQuery: (socket) => {
        stuck = socket;
      },
      onCancel: (processId, secretKey) => {
        cancelled.push({ processId, secretKey });
        stuck?.write(
          Buffer.concat([errorMessage("57014", "canceling statement due to user request"), ready]),
        );
      },
    });
    expect(await against(behave, quick, at)).toBe(
      "failed, timeout: no answer from server:1 within 1s while waiting for the query's result",
    );
    expect(cancelled).toEqual([session]);
  });

  test("never ends a query, and nobody waits for it any more: it is cancelled there as well", async () => {
    const off = new AbortController();
    const cancelled: unknown[] = [];
    const behave = fakePostgres({
      onQuery: () => off.abort(),
      onCancel: (processId, secretKey) => void cancelled.push({ processId, secretKey }),
    });
    await using server = await listen(behave);
    expect(reportOf(await attempt(sql("SELECT 1"), at(server), { signal: off.signal }), server)).toBe(
      "unknown, prober: the attempt was called off while waiting for the query's result",
    );
    expect(cancelled).toEqual([session]);
  });

  test("never ends a query, and ignores the order to cancel it: the attempt returns all the same", async () => {
    const startedAt = performance.now();
    expect(await against(fakePostgres({}), quick, at)).toBe(
      "failed, timeout: no answer from server:1 within 1s while waiting for the query's result",
    );
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});

describe("a probe of PostgreSQL's connections and a server that", () => {
  const twenty = connections(20, { timeout: "2s" });

  test("is not there", async () => {
    expect(await againstNobody(twenty, at)).toBe("failed, refused: connection refused by server:1");
  });

  test("lets only some in, and leaves the others waiting", async () => {
    let guests = 0;
    const answers = fakePostgres({
      onQuery: (socket) =>
        void socket.write(
          Buffer.concat([message("1"), message("2"), message("C", Buffer.from("SELECT 1\0")), ready]),
        ),
    });
    const behave = (socket: Socket) => {
      guests += 1;
      if (guests <= 12) answers(socket);
      else hang(socket);
    };
    expect(await against(behave, twenty, at)).toBe(
      "failed, timeout: no answer from server:1 within 2s while opening 20 connections, with 12 open",
    );
  });

  test("has no more places", async () => {
    let guests = 0;
    const answers = fakePostgres({
      onQuery: (socket) =>
        void socket.write(
          Buffer.concat([message("1"), message("2"), message("C", Buffer.from("SELECT 1\0")), ready]),
        ),
    });
    const full = answer(errorMessage("53300", "sorry, too many clients already"));
    const behave = (socket: Socket) => {
      guests += 1;
      if (guests <= 7) answers(socket);
      else full(socket);
    };
    await using server = await listen(behave);
    expect(reportOf(await attempt(connections(20), at(server)), server)).toBe(
      "failed, capacity: 7 of 20 connections succeeded, the next failed: server:1 answered: sorry, too many clients already",
    );
    expect(server.accepted()).toBe(20);
  });
});
