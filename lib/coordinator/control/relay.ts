import type { Socket } from "node:net";
import { untilListening } from "./until-listening.ts";

/**
 * Joins stdin and stdout to the coordinator's socket, for the engine's exec. It ends when either side ends,
 * after what was under way in the other direction has arrived.
 * @param withinMs how long the coordinator may take until it listens, in milliseconds
 * @returns the process's exit code
 */
export async function relay(socketPath: string, withinMs: number): Promise<number> {
  try {
    return await join(await untilListening(socketPath, withinMs));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return refused(`the coordinator does not listen at ${socketPath} (${code ?? message})`);
  }
}

function join(socket: Socket): Promise<number> {
  process.stdin.pipe(socket);
  socket.pipe(process.stdout, { end: false });
  return new Promise((resolve) => {
    socket.on("error", ({ message }) =>
      resolve(refused(`the connection to the coordinator broke: ${message}`)),
    );
    // Whoever reads has gone: there is nobody left to relay for.
    process.stdout.on("error", () => resolve(0));
    // An empty write comes back when all before it has left the process.
    socket.on("end", () => process.stdout.write("", () => resolve(0)));
    process.stdin.on("error", () => socket.end());
  });
}

function refused(why: string): Promise<number> {
  return new Promise((resolve) => process.stderr.write(`${why}\n`, () => resolve(1)));
}
