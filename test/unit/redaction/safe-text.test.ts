import { expect, test } from "vitest";
import { safeText } from "../../../lib/redaction/safe-text.ts";

test.for([
  [
    "2026-11-26 12:00:00+00:00 [Note] [Entrypoint]: GENERATED ROOT PASSWORD: q7Z$=x @y'",
    "2026-11-26 12:00:00+00:00 [Note] [Entrypoint]: GENERATED ROOT PASSWORD: [secret]",
  ],
  [
    "[Note] [MY-010454] [Server] A temporary password is generated for root@localhost: Xk:w-;p2(e1",
    "[Note] [MY-010454] [Server] A temporary password is generated for root@localhost: [secret]",
  ],
  [
    "GENERATED ROOT PASSWORD: \u001B[1mq7Zx\u001B[0m\nready for connections",
    "GENERATED ROOT PASSWORD: [secret]\nready for connections",
  ],
  ["GENERATED ROOT PASSWORD: hunter2-hunter2", "GENERATED ROOT PASSWORD: [secret]"],
  ["no password is generated for root", "no password is generated for root"],
] as const)(
  "a password that a server makes up and writes to its log is no text to show: %s",
  ([written, shown]) => {
    expect(safeText(["hunter2-hunter2"])(written)).toBe(shown);
    expect(safeText([])(written)).toBe(shown);
  },
);
