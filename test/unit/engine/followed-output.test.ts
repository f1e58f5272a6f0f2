import { PassThrough } from "node:stream";
import type Docker from "dockerode";
import { describe, expect, test } from "vitest";
import { followOutput } from "../../../lib/engine/followed-output.ts";
import { settle } from "../../support/fake-clock.ts";

const stamp = (second: number) => `2026-11-26T10:00:0${second}.000000001Z`;
const startMs = Date.parse("2026-11-26T10:00:01Z");

/** A piece of what a container has written, as the engine frames it. */
function frame(stream: 1 | 2, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

/** @param last what the engine says that the log ends with */
function following(last: Buffer | Promise<Buffer>) {
  const stream = new PassThrough();
  const asked: object[] = [];
  const modem = {
    dial: ({ options }: { options: { tail?: number } }, done: (error: null, stream: PassThrough) => void) => {
      asked.push(options);
      if (options.tail === undefined) return done(null, stream);
      const end = new PassThrough();
      done(null, end);
      Promise.resolve(last).then(
        (text) => end.end(text),
        (error: unknown) => end.destroy(error as Error),
      );
    },
  };
  const told: string[] = [];
  const take = {
    lines: (lines: readonly string[]) => void told.push(...lines),
    current: () => void told.push("(current)"),
  };
  const stop = new AbortController();
  const end = followOutput({ modem } as unknown as Docker, "web", startMs, take, stop.signal);
  const write = async (...pieces: readonly (Buffer | string)[]) => {
    for (const piece of pieces) {
      stream.write(piece);
      await settle();
    }
    return told.splice(0);
  };
  return { write, told, end, asked, close: () => stream.end() };
}

describe("the followed output of a container", () => {
  test("has its lines without their stamps, those of both streams, however the engine's answer is cut into pieces", async () => {
    const one = following(Buffer.alloc(0));
    const whole = Buffer.concat([
      frame(1, `${stamp(1)} fír`),
      frame(2, `${stamp(2)} \u001b[31mproblem\u001b[0m\r\n`),
      frame(1, `${stamp(3)} st\n${stamp(3)} is text\n`),
    ]);
    await settle();
    const pieces = Array.from({ length: whole.length }, (_, i) => whole.subarray(i, i + 1));
    expect(await one.write(...pieces)).toEqual(["(current)", "problem", "fírst", `${stamp(3)} is text`]);
    expect(one.asked).toEqual([
      expect.objectContaining({ follow: true, since: (startMs / 1000).toFixed(3), timestamps: true }),
      expect.objectContaining({ tail: 1, timestamps: true }),
    ]);
  });

  test("is current when the last line is there that the log had, and not before", async () => {
    const one = following(frame(1, `${stamp(3)} third\n`));
    await settle();
    expect(await one.write(frame(1, `${stamp(2)} second\n`))).toEqual(["second"]);
    expect(await one.write(frame(1, `${stamp(3)} third\n`))).toEqual(["third", "(current)"]);
    expect(await one.write(frame(1, `${stamp(4)} fourth\n`))).toEqual(["fourth"]);
  });

  test("is current at once where the log is empty, or has nothing of this run", async () => {
    for (const last of [Buffer.alloc(0), frame(1, `${stamp(0)} of the run before\n`)]) {
      const one = following(last);
      await settle();
      expect(await one.write()).toEqual(["(current)"]);
    }
  });

  test("may be read before it is known what the log ends with", async () => {
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    const one = following(promise);
    expect(await one.write(frame(1, `${stamp(2)} second\n`))).toEqual(["second"]);
    resolve(frame(1, `${stamp(2)} second\n`));
    await settle();
    expect(await one.write()).toEqual(["(current)"]);
  });

  test("of a terminal has no frames, and a stamp before each line", async () => {
    const one = following(`${stamp(2)} second\r\n` as unknown as Buffer);
    expect(await one.write(`${stamp(1)} first\r\n${stamp(2)} sec`, "ond\r\n")).toEqual([
      "first",
      "second",
      "(current)",
    ]);
  });

  test("has a long line once, before its end, and only as much of it as is kept", async () => {
    const one = following(Buffer.alloc(0));
    await settle();
    await one.write();
    const piece = frame(1, `${stamp(1)} ${"x".repeat(16 * 1024)}`);
    const first = await one.write(piece, piece, piece);
    expect(first.map(({ length }) => length)).toEqual([16 * 1024]);
    expect(await one.write(frame(1, `${stamp(2)} end\n`), frame(1, `${stamp(2)} next\n`))).toEqual(["next"]);
  });

  test("ends with its run, with the line that was begun last", async () => {
    const one = following(Buffer.alloc(0));
    await one.write(frame(1, `${stamp(1)} done`));
    one.close();
    await one.end;
    expect(one.told).toEqual(["done"]);
  });

  test("ends where the engine cannot say what the log ends with", async () => {
    const one = following(Promise.reject(new Error("socket hang up")));
    one.end.catch(() => undefined);
    await settle();
    one.close();
    await expect(one.end).rejects.toThrow("socket hang up");
  });
});
