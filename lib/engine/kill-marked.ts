import type Docker from "dockerode";

/** The environment variable by which the processes of one command are found again. */
export const marker = "PHASEGATE_EXEC";

/**
 * Kills every process that has the variable with this value, and looks again until there is none: a process
 * may have made another one in between. What a zombie leaves has no environment any more.
 */
const script = `
for round in 1 2 3 4 5 6 7 8 9 10; do
  found=
  for process in /proc/[0-9]*; do
    if grep -qs "$1" "$process/environ"; then
      found=yes
      kill -9 "\${process#/proc/}" 2>/dev/null
    fi
  done
  [ -z "$found" ] && exit 0
done
exit 1`;

/**
 * Ends what a command has started in a container, by a shell and grep in the container itself, as the user
 * that the command ran as.
 * @throws Error when processes are left, or cannot be looked for because the image has no shell
 */
export async function killMarked(docker: Docker, id: string, mark: string): Promise<void> {
  const exec = await docker.getContainer(id).exec({
    Cmd: ["sh", "-c", script, "sh", `${marker}=${mark}`],
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: false });
  stream.resume();
  await new Promise<void>((resolve, reject) => {
    stream.once("end", resolve);
    stream.once("error", reject);
  });
  const { ExitCode: code } = await exec.inspect();
  if (code !== 0)
    throw new Error(`a command that was given up may still run in ${id}: its image has no shell and grep`);
}
