import { expect, test } from "vitest";
import { liveLine } from "../../../lib/cli/live-line.ts";
import { screen } from "../../../lib/cli/screen.ts";
import { fakeClock } from "../../support/fake-clock.ts";

/** An output that keeps what is written to it, and is resized by the test. */
function output(size: { isTTY?: boolean; columns?: number; rows?: number }) {
  let written = "";
  const listeners = new Set<() => void>();
  return {
    ...size,
    write: (text: string) => (written += text),
    on: (_event: "resize", redraw: () => void) => listeners.add(redraw),
    off: (_event: "resize", redraw: () => void) => listeners.delete(redraw),
    resize: () => listeners.forEach((redraw) => redraw()),
    /** Takes what was written. */
    taken: () => {
      const text = written;
      written = "";
      return text.replaceAll("\x1b", "ESC");
    },
  };
}

test("a line that changes stands below those that stay, and is never longer than the terminal is wide", () => {
  const out = output({ isTTY: true, columns: 11 });
  const live = liveLine(out, fakeClock());
  live.say("begun");
  live.show("0/1 ready");
  expect(out.taken()).toBe("begun\n\r0/1 readyESC[K");
  live.show("0/1 ready · redis");
  expect(out.taken()).toBe("\r0/1 ready…ESC[K");
  live.say("done");
  expect(out.taken()).toBe("\rESC[Kdone\n");
  live.clear();
  expect(out.taken()).toBe("");
});

test("where the output is no terminal, a wait is a line now and then", async () => {
  const out = output({});
  const clock = fakeClock();
  const live = liveLine(out, clock);
  live.say("begun");
  await clock.advance(9000);
  live.show("0/1 ready, 9s");
  expect(out.taken()).toBe("begun\n");
  await clock.advance(1000);
  live.show("0/1 ready, 10s");
  live.show("0/1 ready, 10s");
  live.clear();
  expect(out.taken()).toBe("0/1 ready, 10s\n");
});

test("a screen is drawn over itself, and the terminal is given back", () => {
  const out = output({ columns: 10, rows: 3 });
  const view = screen(out);
  expect(out.taken()).toBe("ESC[?1049hESC[?25l");
  view.draw("one\ntwo");
  expect(out.taken()).toBe("ESC[HoneESC[K\r\ntwoESC[KESC[J");
  view.draw("a line too long\n2\n3\n4\n5");
  expect(out.taken()).toBe("ESC[Ha line tooESC[K\r\n2ESC[K\r\n… and 3 liESC[KESC[J");
  out.rows = 5;
  out.resize();
  expect(out.taken()).toContain("\r\n5ESC[KESC[J");
  view.close();
  expect(out.taken()).toBe("ESC[?25hESC[?1049l");
  out.resize();
  expect(out.taken()).toBe("");
});
