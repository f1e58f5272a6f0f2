/** A text that fills a terminal and is drawn in its place again and again. */
export interface Screen {
  /** Draws these lines; what does not fit is left out, and the last line says so. */
  draw(text: string): void;
  /** Gives the terminal back as it was. */
  close(): void;
}

/** A terminal: stdout, or a test's. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on(event: "resize", redraw: () => void): unknown;
  off(event: "resize", redraw: () => void): unknown;
}

// The other screen, where nothing scrolls away what was there; without a cursor.
const [open, close] = ["\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"];

export function screen(terminal: Terminal): Screen {
  let text = "";
  const draw = () => {
    const { columns = 120, rows = 40 } = terminal;
    const lines = text.split("\n");
    const left = lines.length - rows;
    const shown = left > 0 ? [...lines.slice(0, rows - 1), `… and ${left + 1} lines more`] : lines;
    // Each line is overwritten and its rest cleared: a screen that is cleared first flickers.
    const drawn = shown.map((line) => `${line.slice(0, columns)}\x1b[K`).join("\r\n");
    terminal.write(`\x1b[H${drawn}\x1b[J`);
  };
  terminal.write(open);
  terminal.on("resize", draw);
  return {
    draw: (next) => {
      text = next;
      draw();
    },
    close: () => {
      terminal.off("resize", draw);
      terminal.write(close);
    },
  };
}
