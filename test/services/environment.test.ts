import { describe, expect, test } from "vitest";
import { authEnvironment } from "../../services/auth/environment.ts";
import { backendEnvironment } from "../../services/backend/environment.ts";
import { frontendEnvironment } from "../../services/frontend/environment.ts";
import { migrationsEnvironment } from "../../services/migrations/environment.ts";
import { EnvironmentError, readEnvironment } from "../../services/shared/environment.ts";

const secret = "a-secret-of-thirty-two-characters!!";

const auth = {
  DATABASE_URL: "postgres://netra:pw@postgres:5432/netra",
  REDIS_URL: "redis://redis:6379",
  SESSION_SECRET: secret,
  CLIENT_SECRET: secret,
  PUBLIC_URL: "http://auth:8081",
};

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
  return [];
}

describe("settings", () => {
  test("defaults fill what is not given, durations become milliseconds", () => {
    const settings = readEnvironment(authEnvironment, { ...auth, READY_AFTER: "1.5s" });
    expect(settings).toMatchObject({ PORT: 8081, CLIENT_ID: "frontend", READY_AFTER: 1500 });
    expect(readEnvironment(authEnvironment, auth).READY_AFTER).toBe(0);
  });

  test("all problems are reported at once, by name", () => {
    const problems = problemsOf(() => readEnvironment(authEnvironment, { PORT: "0", READY_AFTER: "soon" }));
    expect(problems).toEqual([
      'READY_AFTER must be a duration such as "500ms", "15s" or "3m"',
      "PORT must be a port between 1 and 65535",
      "DATABASE_URL is required",
      "REDIS_URL is required",
      "SESSION_SECRET is required",
      "CLIENT_SECRET is required",
      "PUBLIC_URL is required",
    ]);
  });

  test("an empty variable is a missing one", () => {
    expect(problemsOf(() => readEnvironment(authEnvironment, { ...auth, REDIS_URL: "" }))).toEqual([
      "REDIS_URL is required",
    ]);
    expect(readEnvironment(authEnvironment, { ...auth, PORT: "" }).PORT).toBe(8081);
  });

  test("no problem repeats a value", () => {
    const wrong = {
      ...auth,
      DATABASE_URL: "mysql://u:hunter2@x/y",
      SESSION_SECRET: "hunter2",
      REDIS_URL: "hunter2",
    };
    const problems = problemsOf(() => readEnvironment(authEnvironment, wrong));
    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toContain("hunter2");
  });

  test.each(["65536", "-1", "80a", "1e3", " 80"])("%j is no port", (PORT) => {
    expect(problemsOf(() => readEnvironment(authEnvironment, { ...auth, PORT }))).toHaveLength(1);
  });

  test("each application requires what it cannot do without", () => {
    const required = (schema: Parameters<typeof readEnvironment>[0]) =>
      problemsOf(() => readEnvironment(schema, {})).map((problem) => problem.split(" ")[0]);
    expect(required(backendEnvironment)).toEqual(["DATABASE_URL", "REDIS_URL", "CLICKHOUSE_URL", "AUTH_URL"]);
    expect(required(frontendEnvironment)).toEqual(["BACKEND_URL", "AUTH_URL", "CLIENT_SECRET"]);
    expect(required(migrationsEnvironment)).toEqual(["DATABASE_URL"]);
  });
});
