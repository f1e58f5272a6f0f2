/**
 * The config files that Pulumi is pointed to. With state in files, Pulumi writes the salt of its passphrase into
 * Pulumi.STACK.yaml the first time that it touches a stack. The salt belongs to one checkout and its passphrase, and the
 * file to every clone: so Pulumi gets a copy of the file, and writes into that.
 */
import { chmodSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { localDir, root } from "../bootstrap/paths.mjs";
import { SetupError } from "../bootstrap/setup-error.mjs";
import { isLocalBackend } from "./backend.ts";
import type { Toolchain } from "./toolchain.ts";

const copies = join(localDir, "config");
const shimDir = join(localDir, "bin");

/** The stacks that have a config file, by name. */
export function configuredStacks(): string[] {
  return readdirSync(root)
    .flatMap((name) => /^Pulumi\.([^.]+)\.yaml$/.exec(name)?.[1] ?? [])
    .sort();
}

export function requireConfigured(stack: string): void {
  const stacks = configuredStacks();
  if (stacks.includes(stack)) return;
  throw new SetupError(
    `there is no Pulumi.${stack}.yaml, so there is no stack ${stack}. The stacks are: ${stacks.join(", ")}.`,
  );
}

/** The options that point `pulumi up` and its like to the copy of a stack's config, as that is now. */
export function configOptions(stack: string): string[] {
  if (!isLocalBackend()) return [];
  mkdirSync(copies, { recursive: true });
  const file = `Pulumi.${stack}.yaml`;
  copyFileSync(join(root, file), join(copies, file));
  return ["--config-file", join(copies, file)];
}

/** A folder with the project's Pulumi.yaml and no config of a stack. `pulumi stack init` has no option for the config's place. */
export function bareProject(): string {
  const folder = join(localDir, "init");
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(root, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  return folder;
}

/**
 * The folder of a `pulumi` that does the same for whoever types it: a few lines of shell before the real one, since
 * the option can only be set for all stacks at once. Undefined where Pulumi may write its own files.
 */
export function shimFolder({ bin }: Toolchain): string | undefined {
  if (!isLocalBackend()) return undefined;
  mkdirSync(shimDir, { recursive: true });
  const file = join(shimDir, "pulumi");
  writeFileSync(file, shim(join(bin, "pulumi"), root, copies));
  chmodSync(file, 0o755);
  return shimDir;
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** @param copies the folder for the copies of the configs of this project */
export const shim = (pulumi: string, project: string, copies: string) => `#!/bin/sh
# Written by \`npm run env\`. Points the commands of Pulumi that read a stack's config to a copy of it, into which
# Pulumi may write the salt of this checkout's passphrase. Everything else, \`pulumi config set\` too, is as it is.
pulumi=${quoted(pulumi)}
stack=$PULUMI_STACK command= before= own=
for word do
  case $before in --stack | -s) stack=$word ;; esac
  case $word in
    --stack=*) stack=\${word#--stack=} ;;
    --config-file | --config-file=* | -C | --cwd | --cwd=*) own=yes ;;
    up | update | preview | destroy | refresh | watch | import) command=\${command:-$word} ;;
  esac
  before=$word
done
case $PWD/ in ${quoted(project)}/*) ;; *) own=yes ;; esac
[ -n "$command" ] && [ -z "$own" ] || exec "$pulumi" "$@"
[ -n "$stack" ] || stack=$("$pulumi" stack --show-name 2>/dev/null)
file=Pulumi.\${stack##*/}.yaml
[ -f ${quoted(project)}/"$file" ] || exec "$pulumi" "$@"
mkdir -p ${quoted(copies)} && cp ${quoted(project)}/"$file" ${quoted(copies)}/"$file" || exit 1
exec "$pulumi" "$@" --config-file ${quoted(copies)}/"$file"
`;
