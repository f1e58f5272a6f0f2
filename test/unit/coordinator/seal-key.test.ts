import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sealKey } from "../../support/desired-database.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** Says at the end of the process what its environment was then. */
const saysEnvironment = `data:text/javascript,process.on("exit",()=>process.stderr.write(JSON.stringify(process.env)))`;

test.each([["serve"], ["probe"]])(
  "who runs in the process of %s does not find the key of the seal",
  async (mode) => {
    using folder = temporaryFolder();
    const child = spawn(
      process.execPath,
      ["--import", saysEnvironment, "lib/coordinator/main.ts", ...(mode === "serve" ? [] : [mode])],
      {
        env: {
          PATH: process.env["PATH"],
          DOCKER_HOST: "tcp://127.0.0.1:1",
          PHASEGATE_SEAL_KEY: sealKey,
          PHASEGATE_STACK: "dev",
          PHASEGATE_SOCKET: join(folder.path, "control", "socket"),
          PHASEGATE_HISTORY: join(folder.path, "history.db"),
        },
        stdio: ["pipe", "pipe", "pipe"],
      },
    );
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString("utf8");
      if (stdout.includes('"loaded"')) child.kill("SIGTERM");
    });
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
    if (mode === "probe") child.stdin.end();
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stderr)).toMatchObject({ PHASEGATE_STACK: "dev" });
    expect(stderr).not.toContain("SEAL_KEY");
    expect(stdout + stderr).not.toContain(sealKey);
    const files = readdirSync(folder.path).filter((name) => name.startsWith("history"));
    expect(files.length > 0).toBe(mode === "serve");
    for (const file of files) expect(readFileSync(join(folder.path, file), "latin1")).not.toContain(sealKey);
  },
);
