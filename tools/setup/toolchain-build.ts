/** Builds the Pulumi toolchain from Go modules, for machines that reach a Go module proxy and not the release downloads. */
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Progress } from "../bootstrap/report.mjs";
import { spokenTime } from "../bootstrap/report.mjs";
import { root } from "../bootstrap/paths.mjs";
import { mustRun, run } from "../bootstrap/run.mjs";
import { SetupError } from "../bootstrap/setup-error.mjs";

/** In the order in which tools/toolchain/build.sh makes them. */
const binaries = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-docker"];

/**
 * @param draft the folder in which the toolchain is being made: the CLI goes into bin
 * @param pluginFile where the docker plugin goes
 */
export async function buildToolchain(
  draft: string,
  pluginFile: string,
  progress: Progress,
): Promise<{ source: string }> {
  await requireGo();
  const bin = join(draft, "bin");
  // Go may write into a module's folder while it builds: what is built is a copy, and the checkout stays as it is.
  const source = join(draft, "source");
  cpSync(join(root, "tools", "toolchain"), source, { recursive: true });
  const start = Date.now();
  let announced = "";
  let announcedAt = 0;
  const announce = () => {
    const at = binaries.findIndex((name) => !existsSync(join(bin, name)));
    const name = binaries[at];
    if (name === undefined || (name === announced && Date.now() - announcedAt < 30_000)) return;
    const note = announced === "" ? "this takes some minutes, once" : spokenTime(Date.now() - start);
    progress(`building ${name} from Go modules (${at + 1} of ${binaries.length}): ${note}`);
    announced = name;
    announcedAt = Date.now();
  };
  announce();
  const timer = setInterval(announce, 1000);
  try {
    await mustRun("build the Pulumi toolchain", "bash", [join(source, "build.sh"), bin]);
  } finally {
    clearInterval(timer);
  }
  rmSync(source, { recursive: true, force: true });
  mkdirSync(dirname(pluginFile), { recursive: true });
  renameSync(join(bin, "pulumi-resource-docker"), pluginFile);
  const version = (
    await mustRun("run the built pulumi", join(bin, "pulumi"), ["version"], {
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    })
  ).trim();
  return { source: `${version}, built from Go modules` };
}

async function requireGo(): Promise<void> {
  const { code, stdout } = await run("go", ["env", "GOVERSION", "GOTOOLCHAIN"]);
  const [version = "", toolchain] = stdout.split("\n");
  const [major = 0, minor = 0] = version.replace(/^go/, "").split(".").map(Number);
  const recent = major > 1 || (major === 1 && minor >= 26);
  // From 1.21 on, go fetches the version that a module asks for, unless a setting forbids it.
  const fetches = major === 1 && minor >= 21 && toolchain !== "local";
  if (code === 0 && (recent || fetches)) return;
  throw new SetupError(
    "there is no usable Pulumi, its official release cannot be downloaded from here, and to build it from Go modules\n" +
      `Go 1.26 or newer is needed (${code === 0 ? `${version} is here` : "there is no `go` on the PATH"}).\n` +
      "Install Pulumi (pulumi.com/docs/install) or Go (go.dev/doc/install), then run the same command again.",
  );
}
