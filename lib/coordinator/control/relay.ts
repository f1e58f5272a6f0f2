import { connect } from "node:net";

/**
 * Joins stdin and stdout to the coordinator's socket, for the engine's exec. It ends when either side ends,
 * after what was under way in the other direction has arrived.
 * @returns the process's exit code
 */
export async function relay(socketPath: string): Promise<number> {
  const socket = connect({ path: socketPath, allowHalfOpen: true });
  return new Promise((resolve) => {
    let connected = false;
    socket.on("connect", () => {
      connected = true;
      process.stdin.pipe(socket);
      socket.pipe(process.stdout, { end: false });
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      const why = connected
        ? `the connection to the coordinator broke: ${error.message}`
        : `the coordinator does not listen at ${socketPath} (${error.code ?? error.message})`;
      process.stderr.write(`${why}\n`, () => resolve(1));
    });
    // Whoever reads has gone: there is nobody left to relay for.
    process.stdout.on("error", () => resolve(0));
    // An empty write comes back when all before it has left the process.
    socket.on("end", () => process.stdout.write("", () => resolve(0)));
    process.stdin.on("error", () => socket.end());
  });
}
