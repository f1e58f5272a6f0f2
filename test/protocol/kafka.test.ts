import { describe, expect, test } from "vitest";
import type { EndpointOf } from "../../lib/model/endpoint.ts";
import { brokers, topic } from "../../lib/model/probes.ts";
import { list, long, short, text } from "../../lib/probe/kafka/frames.ts";
import { scram } from "../../lib/probe/kafka/scram.ts";
import { against, againstNobody, attempt, nothingOpen, reportOf } from "../support/attempt.ts";
import { fakeKafka, metadataOf, topicIn } from "../support/fake-kafka.ts";
import { answer, closedPort, halfClose, hang, listen, reset } from "../support/loopback.ts";

const at = (address: { host: string; port: number }): EndpointOf<"kafka"> => ({
  protocol: "kafka",
  ...{ host: address.host, port: address.port },
});
const withAccount = (address: { host: string; port: number }): EndpointOf<"kafka"> => ({
  ...at(address),
  user: "shop",
  password: [{ secret: "password" }],
});

const probe = brokers();
const quick = brokers({ timeout: "1s" });
const orders = topic("orders", { partitions: { atLeast: 3 } });
const handshake = 17;

/** A broker that has these partitions of the topic that it is asked for, each with its leader; -1: none. */
const has = (leaders: readonly number[], error = 0) =>
  fakeKafka((request) => metadataOf([], { name: topicIn(request) ?? "", error, leaders }));

describe("a Kafka probe and a server that", () => {
  test("is not there", async () => {
    expect(await againstNobody(probe, at)).toBe("failed, refused: connection refused by server:1");
  });

  test("accepts and says nothing", async () => {
    expect(await against(hang, quick, at)).toBe(
      "failed, timeout: no answer from server:1 within 1s while waiting for the cluster's metadata",
    );
    expect(await against(hang, quick, withAccount)).toBe(
      "failed, timeout: no answer from server:1 within 1s while logging in",
    );
  });

  test("closes the connection, or resets it, as a listener does that wants a log-in", async () => {
    const closed =
      "failed, reset: connection closed by server:1 while waiting for the cluster's metadata (so does a listener that wants a log-in: user and password)";
    expect(await against(halfClose, probe, at)).toBe(closed);
    expect(await against(reset, probe, at)).toBe(closed);
    expect(await against(reset, probe, withAccount)).toBe(
      "failed, reset: connection closed by server:1 while logging in",
    );
  });

  test("speaks another protocol, or nonsense in this one", async () => {
    const foreign = "failed, protocol: server:1 answered, but not as Kafka does";
    expect(await against(answer("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"), probe, at)).toBe(
      foreign,
    );
    expect(
      await against(
        fakeKafka(() => long(7)),
        probe,
        at,
      ),
    ).toBe(foreign);
    // A response that goes on where it should have ended is read as far as it is understood.
    expect(await against(answer(Buffer.concat([long(4), long(99)])), probe, at)).toBe(foreign);
  });

  test("has fewer brokers than expected", async () => {
    await using server = await listen(fakeKafka(() => metadataOf([server])));
    expect(reportOf(await attempt(probe, at(server)), server)).toBe("passed");
    expect(reportOf(await attempt(brokers({ atLeast: 3 }), at(server)), server)).toBe(
      "failed, rows: the cluster of server:1 has 1 broker, expected at least 3",
    );
    expect(await nothingOpen(server)).toBe(true);
  });

  test("tells its clients that a broker is where none is, or where it is", async () => {
    const port = await closedPort();
    await using other = await listen(fakeKafka(() => metadataOf([])));
    const elsewhere = (at: number) => fakeKafka(() => metadataOf([other, { host: "127.0.0.1", port: at }]));
    expect(await against(elsewhere(port), probe, at)).toBe(
      `failed, refused: server:1 tells its clients that a broker is at 127.0.0.1:${port}: connection refused by 127.0.0.1:${port}`,
    );
    expect(await against(elsewhere(other.port), probe, at)).toBe("passed");
    expect(await nothingOpen(other)).toBe(true);
  });

  test("has the topic, with a leader of each partition, or not", async () => {
    expect(await against(has([1, 1, 2]), orders, at)).toBe("passed");
    expect(await against(has([1, 1]), orders, at)).toBe(
      "failed, rows: the topic orders on server:1 has 2 partitions, expected at least 3",
    );
    expect(await against(has([1, -1, 2]), orders, at)).toBe(
      "failed, server: no broker leads 1 of 3 partitions of the topic orders on server:1",
    );
    expect(await against(has([], 3), orders, at)).toBe(
      "failed, server: the topic orders on server:1 does not exist",
    );
    expect(await against(has([], 29), orders, at)).toBe(
      "failed, account: the topic orders on server:1 may not be seen by this account",
    );
  });

  test("does not create a topic by being asked for it", async () => {
    const asked: number[] = [];
    const watching = fakeKafka((request) => {
      asked.push(request.body.at(-1) ?? -1);
      return metadataOf([], { name: "orders", leaders: [1, 1, 1] });
    });
    expect(await against(watching, orders, at)).toBe("passed");
    expect(asked).toEqual([0]);
  });

  test("refuses the log-in, or the way of it", async () => {
    const shaken = Buffer.concat([short(0), list([text("PLAIN")])]);
    const refuses = fakeKafka(({ key }) =>
      key === handshake ? shaken : Buffer.concat([short(58), text("bad s3cr3t/pässword of shop"), long(0)]),
    );
    expect(await against(refuses, probe, withAccount)).toBe(
      "failed, authentication, permanent: server:1 answered: bad [secret] of shop",
    );
    const offers = fakeKafka(() => Buffer.concat([short(33), list([text("PLAIN"), text("GSSAPI")])]));
    const scramAccount = (address: { host: string; port: number }) =>
      ({ ...withAccount(address), mechanism: "SCRAM-SHA-512" }) as const;
    expect(await against(offers, probe, scramAccount)).toBe(
      "failed, account, permanent: server:1 answered: it offers PLAIN, GSSAPI, and not SCRAM-SHA-512",
    );
    expect(
      await against(
        fakeKafka(() => Buffer.concat([short(34), list([])])),
        probe,
        withAccount,
      ),
    ).toBe("failed, account, permanent: server:1 answered: nobody logs in to this listener");
  });
});

test("SCRAM says what RFC 7677 has as its example, and wants the server to know the password, too", async () => {
  const said: string[] = [];
  const talk = (last: string) => {
    const answers = [
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
      last,
    ];
    return scram(
      "sha256",
      "user",
      "pencil",
      (message) => {
        said.push(message.toString());
        return Promise.resolve(Buffer.from(answers.shift() ?? ""));
      },
      "rOprNGfwEbeRWgbNEkqO",
    );
  };
  await talk("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  expect(said).toEqual([
    "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
  ]);
  await expect(talk("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")).rejects.toThrow("not as Kafka does");
});
