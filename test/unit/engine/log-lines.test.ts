import { expect, test } from "vitest";
import { textLines } from "../../../lib/engine/log-lines.ts";

/** A piece of output as the engine frames it. */
function frame(stream: 1 | 2, piece: string | Buffer): Buffer {
  const bytes = Buffer.from(piece);
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

const linesOf = (...frames: readonly Buffer[]) => textLines(Buffer.concat(frames));

test("a line a frame, with either line end, blank ones too", () => {
  expect(linesOf(frame(1, "one\n"), frame(2, "two\r\n"), frame(1, "\n"))).toEqual(["one", "two", ""]);
  expect(linesOf()).toEqual([]);
});

test("the last line is one also while it has no end", () => {
  expect(linesOf(frame(1, "one\n"), frame(1, "ready"))).toEqual(["one", "ready"]);
});

test("a line in several pieces is one, with what the other stream writes in between as a line of its own", () => {
  expect(linesOf(frame(1, "rea"), frame(2, "warning\n"), frame(1, "dy\n"), frame(2, "bye"))).toEqual([
    "warning",
    "ready",
    "bye",
  ]);
});

test("a character may be cut by a frame", () => {
  const [first, second] = [Buffer.from("grü").subarray(0, 3), Buffer.from("ü").subarray(1)];
  expect(linesOf(frame(1, first), frame(1, second), frame(1, "ße\n"))).toEqual(["grüße"]);
});

test("of colours nothing is left, and of what else there is all", () => {
  expect(linesOf(frame(1, "\u001b[32mready to serve\u001b[0m\n"))).toEqual(["ready to serve"]);
  expect(linesOf(frame(1, "10%\r20%\r\r\n"))).toEqual(["10%\r20%"]);
});

test("the output of a container with a terminal is not framed", () => {
  expect(textLines(Buffer.from("one\r\ntwo"))).toEqual(["one", "two"]);
});

test("of a line without end the beginning is kept", () => {
  expect(linesOf(frame(1, "x".repeat(1_000_000))).map(({ length }) => length)).toEqual([16 * 1024]);
});
