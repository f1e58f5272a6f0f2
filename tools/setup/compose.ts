/** Docker Compose 2, which benchmarks compare with, built from Go modules: for machines that reach nothing else of it. */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "../bootstrap/lock.mjs";
import { cacheDir, root } from "../bootstrap/paths.mjs";
import type { Progress, Result } from "../bootstrap/report.mjs";
import { mustRun, run } from "../bootstrap/run.mjs";
import { SetupError } from "../bootstrap/setup-error.mjs";
import { hashOf, hashOfFolder } from "../bootstrap/stamp.mjs";

const toolchain = join(root, "tools", "toolchain");
const program = "docker-compose";

/** The folder that holds the `docker-compose` that was built for this checkout; it may not be there. */
export function composePlace(): string {
  const key = hashOf([hashOfFolder(join(toolchain, "compose")), process.platform, process.arch]);
  return join(cacheDir, "compose", key);
}

/**
 * Builds compose, unless it was built before.
 * @throws SetupError where there is no Go
 */
export async function buildCompose(progress: Progress): Promise<Result> {
  const place = composePlace();
  return await withLock(
    `${place}.lock`,
    async ({ include }) => {
      if (existsSync(join(place, program))) return { was: join(place, program) };
      const { code } = await run("go", ["version"]);
      if (code !== 0)
        throw new SetupError(
          "there is no `go` on the PATH. Install Go 1.26 or newer (go.dev/doc/install), or Docker Compose 2 itself\n" +
            "(docs.docker.com/compose/install), which is used wherever `docker compose version` answers.",
        );
      progress("builds from Go modules, which takes some minutes");
      const making = `${place}.new`;
      rmSync(making, { recursive: true, force: true });
      mkdirSync(making, { recursive: true });
      const script = join(toolchain, "build-compose.sh");
      await mustRun("build Docker Compose", "bash", [script, making], { onStart: include });
      renameSync(making, place);
      return { did: join(place, program) };
    },
    (pid) => progress(`process ${pid} is making it: waiting`),
  );
}
