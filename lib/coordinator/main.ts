/**
 * The coordinator's process, bundled into one file.
 * - `node main.mjs` serves until SIGTERM.
 * - `node main.mjs probe` runs the probes of edges where it is, until its stdin ends.
 * - `node main.mjs relay [MS]` joins stdin and stdout to the control socket of the one that serves; it waits
 *   for one that is not there yet, for that many milliseconds (default 0).
 *
 * PHASEGATE_DECLARATION and PHASEGATE_STACK name the stack; PHASEGATE_SOCKET the control socket and
 * PHASEGATE_HISTORY the history's file, where they are not the usual ones. PHASEGATE_SEAL_KEY is the key with which secrets are
 * kept in it. The engine is at /var/run/docker.sock, or at DOCKER_HOST.
 */
import { controlSocket } from "./control/control-socket.ts";

const startedMs = Math.round(performance.timeOrigin);
const { PHASEGATE_SEAL_KEY: sealKey } = process.env;
// Nothing that runs in this process, or that it starts, is to find it there: a custom probe, say.
delete process.env["PHASEGATE_SEAL_KEY"];
const socket = process.env["PHASEGATE_SOCKET"] ?? controlSocket;

// What is not needed is not loaded: a relay starts in the time that Node takes.
if (process.argv[2] === "relay") {
  const { relay } = await import("./control/relay.ts");
  process.exit(await relay(socket, Number(process.argv[3] ?? 0)));
}

if (process.argv[2] === "probe") {
  const { probeFromHere } = await import("./probing/prober.ts");
  await probeFromHere(process.stdin, process.stdout);
  process.exit(0);
}

const { serve } = await import("./serve.ts");
const { PHASEGATE_DECLARATION: declaration, PHASEGATE_STACK: stack } = process.env;
const end = new AbortController();
process.on("SIGTERM", () => end.abort());
process.on("SIGINT", () => end.abort());
await serve(
  {
    socket,
    labels: {
      ...(declaration && { "phasegate.declaration": declaration }),
      ...(stack && { "phasegate.stack": stack }),
    },
    stack,
    startedMs,
    historyFile: process.env["PHASEGATE_HISTORY"] ?? "/var/lib/phasegate/history.db",
    sealKey: sealKey === "" ? undefined : sealKey,
  },
  end.signal,
);
process.exit(0);
