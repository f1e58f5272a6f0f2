/** The command that brings a stack up, as an error advises it. */
export function upCommand(stack: string | undefined, ...options: readonly string[]): string {
  const words = ["pulumi up", ...options, ...(stack === undefined ? [] : ["--stack", stack])];
  return `"${words.join(" ")}"`;
}
