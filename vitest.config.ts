import { defineConfig } from "vitest/config";

// No retries anywhere: a test that passes at the second attempt has found something.
export default defineConfig({
  test: {
    pool: "forks",
    // What is waited for comes at once, but where the machine is busy.
    expect: { poll: { timeout: 10_000 } },
    projects: [
      {
        extends: true,
        // Most of their time is waiting: for servers that are slow on purpose, and for processes.
        test: {
          name: "unit",
          include: ["test/{unit,protocol,services}/**/*.test.{ts,mjs}"],
          maxWorkers: 2,
          // The machine may be busy with others.
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: { name: "pulumi", include: ["test/pulumi/**/*.test.ts"], testTimeout: 30_000 },
      },
      {
        // On the container engine.
        extends: true,
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Whole stacks, one after the other: each wants the machine for itself.
        extends: true,
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
