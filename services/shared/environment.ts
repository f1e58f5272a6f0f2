import type { z } from "zod";

/** The environment does not hold what the application needs; every problem is listed, no value is. */
export class EnvironmentError extends Error {
  readonly code = "ENVIRONMENT_INVALID";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The environment is not usable: ${problems.join("; ")}.`);
    this.name = "EnvironmentError";
    this.problems = problems;
  }
}

/**
 * Reads an application's settings from environment variables.
 * An empty variable counts as a missing one: that is what `NAME=` in a Compose file or a shell means.
 * @throws EnvironmentError naming every variable that is missing or wrong, never with its value.
 */
export function readEnvironment<Schema extends z.ZodObject>(
  schema: Schema,
  source: NodeJS.ProcessEnv,
): z.infer<Schema> {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new EnvironmentError(
    parsed.error.issues.map((issue) => {
      const name = issue.path.join(".");
      return given[name] === undefined ? `${name} is required` : `${name} ${issue.message}`;
    }),
  );
}
