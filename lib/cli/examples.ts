/** What stands at the end of a command's help: each example with what it does. */
export function examples(...lines: readonly (readonly [command: string, does: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return ["", "Examples:", ...lines.map(([command, does]) => `  ${command.padEnd(width)}  ${does}`)].join(
    "\n",
  );
}
