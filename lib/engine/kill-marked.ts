import type Docker from "dockerode";

/** The environment variable by which the processes of one command are found again. */
export const marker = "PHASEGATE_EXEC";

/** The script's exit code when it has killed what it found, and found it again each time. */
const foundAgain = 3;

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
exit ${foundAgain}`;

/**
 * Ends what a command has started in a container: by a shell in the container itself, as the user that the
 * command ran as; or, where the image has none or the container is paused, by a container that shares its
 * processes for a moment. What is paused dies when it goes on.
 * @param helperImage an image with a shell and grep, if there is one
 * @throws Error when something may still run
 */
export async function killMarked(
  docker: Docker,
  id: string,
  mark: string,
  helperImage: () => Promise<string | undefined>,
): Promise<void> {
  const command = ["sh", "-c", script, "sh", `${marker}=${mark}`];
  const state = await stateOf(docker, id);
  if (state?.Running !== true) return;
  if (!state.Paused && (await exitCodeInside(docker, id, command)) === 0) return;
  const image = await helperImage();
  const code = image === undefined ? -1 : await exitCodeBeside(docker, id, command, image);
  if (code === 0 || (state.Paused && code === foundAgain)) return;
  throw new Error("what it has started there may still run, since nothing could end it");
}

/** Undefined where the container is gone. */
async function stateOf(
  docker: Docker,
  id: string,
): Promise<Docker.ContainerInspectInfo["State"] | undefined> {
  try {
    return (await docker.getContainer(id).inspect()).State;
  } catch (error) {
    if ((error as { readonly statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

async function exitCodeInside(docker: Docker, id: string, command: readonly string[]): Promise<number> {
  const exec = await docker
    .getContainer(id)
    .exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({ hijack: true, stdin: false });
  stream.resume();
  await new Promise<void>((resolve, reject) => {
    stream.once("end", resolve);
    stream.once("error", reject);
  });
  return (await exec.inspect()).ExitCode ?? -1;
}

async function exitCodeBeside(
  docker: Docker,
  id: string,
  command: readonly string[],
  image: string,
): Promise<number> {
  const [entry = "", ...rest] = command;
  const helper = await docker.createContainer({
    Image: image,
    Entrypoint: [entry],
    Cmd: rest,
    User: "0:0",
    HostConfig: {
      PidMode: `container:${id}`,
      NetworkMode: "none",
      ReadonlyRootfs: true,
      // To see the environment of other users' processes, and to end them.
      CapDrop: ["ALL"],
      CapAdd: ["SYS_PTRACE", "KILL"],
      SecurityOpt: ["no-new-privileges:true"],
    },
  });
  try {
    await helper.start();
    const { StatusCode: code } = (await helper.wait()) as { StatusCode: number };
    return code;
  } finally {
    await helper.remove({ force: true });
  }
}
