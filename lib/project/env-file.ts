import { parseEnv } from "node:util";
import { camelCase } from "../core/camel-case.ts";
import type { Problem } from "../core/problem.ts";
import { secretLike } from "../model/plain-secrets.ts";
import type { EnvFile } from "../model/sources.ts";

const assignment = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)$/;

/**
 * Reads a file of variables as Node.js does, and as dotenv does. What looks like a secret is a problem with its line,
 * and so is a line that both would leave out in silence; values are not quoted.
 * @param path stands before the line in the problems
 */
export function readEnvFile(path: string, text: string): EnvFile {
  const variables = parseEnv(text) as Readonly<Record<string, string>>;
  const problems: Problem[] = [];
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    const place = `${path}:${i + 1}`;
    if (line.trim() === "" || line.trimStart().startsWith("#")) continue;
    const [, name, value = ""] = assignment.exec(line) ?? [];
    if (name === undefined) {
      problems.push({ path: place, message: 'is no variable: a line is NAME=value, or begins with "#"' });
      continue;
    }
    const what = secretLike(name, variables[name] ?? "");
    if (what !== undefined)
      problems.push({
        path: place,
        message: `${name} ${what} in plain text: take it out, and write env: { ${name}: secret("${camelCase(name)}") }`,
      });
    i += furtherLines(value, lines.slice(i + 1));
  }
  return { variables, problems };
}

/** How many lines a value in quotes goes on for. */
function furtherLines(value: string, following: readonly string[]): number {
  const quote = /^["'`]/.exec(value)?.[0];
  if (quote === undefined || value.indexOf(quote, 1) > 0) return 0;
  const end = following.findIndex((line) => line.includes(quote));
  // Without an end the quote is a part of the value, as Node.js has it.
  return end + 1;
}
