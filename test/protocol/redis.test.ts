import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import type { EndpointOf } from "../../lib/model/endpoint.ts";
import { latency, memory, ping } from "../../lib/model/probes.ts";
import { against, againstNobody, attempt, reportOf } from "../support/attempt.ts";
import { answer, halfClose, hang, listen, reset } from "../support/loopback.ts";

const at = ({ host, port }: { host: string; port: number }): EndpointOf<"redis"> => ({
  protocol: "redis",
  host,
  port,
});
const withPassword = (address: { host: string; port: number }): EndpointOf<"redis"> => ({
  ...at(address),
  password: [{ secret: "password" }],
});

const probe = ping();
const quick = ping({ timeout: "1s" });

/** A Redis that answers each command as given: the commands of this test have one line a word, which `*` begins. */
function fakeRedis(answers: (command: string) => string | undefined) {
  return (socket: Socket): void => {
    socket.on("data", (data) => {
      for (const command of data.toString().split(/(?=\*\d+\r\n)/)) {
        const words = command.split("\r\n").filter((word) => word !== "" && !/^[*$]/.test(word));
        const reply = answers(words.join(" "));
        if (reply !== undefined) socket.write(reply);
      }
    });
    socket.on("end", () => socket.end());
  };
}

describe("a Redis probe and a server that", () => {
  test("is not there", async () => {
    expect(await againstNobody(probe, at)).toBe("failed, refused: connection refused by server:1");
  });

  test("accepts and says nothing", async () => {
    expect(await against(hang, quick, at)).toBe(
      "failed, timeout: no answer from server:1 within 1s while waiting for the answer",
    );
    expect(await against(hang, quick, withPassword)).toBe(
      "failed, timeout: no answer from server:1 within 1s while logging in",
    );
  });

  test("closes its half of the connection", async () => {
    expect(await against(halfClose, probe, at)).toBe(
      "failed, reset: connection closed by server:1 while waiting for the answer",
    );
  });

  test("resets the connection", async () => {
    expect(await against(reset, probe, at)).toBe(
      "failed, reset: connection closed by server:1 while waiting for the answer",
    );
  });

  test.each([
    ["HTTP", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"],
    ["SSH", "SSH-2.0-OpenSSH_9.2p1\r\n"],
    ["PostgreSQL", Buffer.from([0x45, 0, 0, 0, 8, 0x53, 0x46, 0, 0])],
  ])("speaks another protocol: %s", async (_name, text) => {
    expect(await against(answer(text), probe, at)).toBe(
      "failed, protocol: server:1 answered, but not as Redis does",
    );
  });

  test("answers PING with something else", async () => {
    expect(await against(answer("+PANG\r\n"), probe, at)).toBe(
      "failed, protocol: server:1 answered PING with PANG, expected PONG",
    );
  });

  test("answers in time, slowly", async () => {
    const slowly = (socket: Socket) => {
      socket.once("data", () => setTimeout(() => socket.write("+PONG\r\n"), 100));
      socket.on("end", () => socket.end());
    };
    expect(await against(slowly, ping({ timeout: "4s" }), at)).toBe("passed");
  });

  test("wants a password, and is given none", async () => {
    expect(await against(answer("-NOAUTH Authentication required.\r\n"), probe, at)).toBe(
      "failed, authentication, permanent: server:1 answered: NOAUTH Authentication required.",
    );
  });

  test("does not take the password", async () => {
    const behave = fakeRedis(() => "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
    expect(await against(behave, probe, withPassword)).toBe(
      "failed, authentication, permanent: server:1 answered: WRONGPASS invalid username-password pair or user is disabled.",
    );
  });

  test("quotes the password in its answer", async () => {
    const behave = fakeRedis((command) => `-ERR unknown command, with args beginning with: ${command}\r\n`);
    expect(await against(behave, probe, withPassword)).toBe(
      "failed, server: server:1 answered: ERR unknown command, with args beginning with: AUTH [secret]",
    );
  });

  test("is loading its data", async () => {
    expect(await against(answer("-LOADING Redis is loading the dataset in memory\r\n"), probe, at)).toBe(
      "failed, server: server:1 answered: LOADING Redis is loading the dataset in memory",
    );
  });

  const tells = (info: string) =>
    fakeRedis((command) => (command === "INFO" ? `$${info.length}\r\n${info}\r\n` : undefined));

  test("tells of its memory while it is loading its data", async () => {
    const info = "used_memory:9\r\nmaxmemory:100\r\nloading:1\r\nloading_loaded_perc:45.20\r\n";
    expect(await against(tells(info), memory({ under: 0.5 }), at)).toBe(
      "failed, server: server:1 is loading its data into memory, of which it has 45.20%",
    );
    expect(await against(tells(info.replace("loading:1", "loading:0")), memory({ under: 0.5 }), at)).toBe(
      "passed",
    );
  });

  test("answers the questions of memory", async () => {
    const info = "used_memory:99\r\nmaxmemory:100\r\n";
    expect(await against(tells(info), memory({ under: 0.5 }), at)).toBe(
      "failed, capacity: server:1 uses 99% of its limit (0.0 MiB of 0.0 MiB), expected under 50%",
    );
  });

  test("stops answering in the middle of a measurement", async () => {
    let pings = 0;
    const behave = fakeRedis(() => {
      pings += 1;
      return pings <= 8 ? "+PONG\r\n" : undefined;
    });
    expect(await against(behave, latency({ under: "5ms", samples: 50, timeout: "1s" }), at)).toBe(
      "failed, timeout: no answer from server:1 within 1s while measuring, with 7 of 50 requests answered",
    );
  });

  test("answers a whole measurement, on one connection", async () => {
    await using server = await listen(fakeRedis(() => "+PONG\r\n"));
    const outcome = await attempt(latency({ under: "1h", samples: 50 }), at(server));
    expect(reportOf(outcome, server)).toBe("passed");
    expect(outcome).toMatchObject({ measured: { samples: 50 } });
    expect(server.accepted()).toBe(1);
  });
});
