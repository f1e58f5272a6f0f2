import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { runCommand } from "../command.ts";
import type { Compose } from "../compose.ts";
import type { EngineEvent, ServiceEvents, ShapeRun } from "./run.ts";
import { startOf, withEvents } from "./run.ts";
import type { ShapeName } from "./shapes.ts";
import { servicePort, shapeServices } from "./shapes.ts";

const projectName = "phasegate-bench-shape";

export interface ComposeShape {
  readonly shape: ShapeName;
  readonly lateMs: number;
  readonly image: string;
  /** Of every health check: "100ms". */
  readonly interval: string;
}

/** The shape as a compose project: each service waits for the health of those in the phase before. */
export function composeYaml({ shape, lateMs, image, interval }: ComposeShape): string {
  const phases = shapeServices(shape);
  const ask = `exec 3<>/dev/tcp/127.0.0.1/${servicePort} && printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3 && head -n 1 <&3 | grep -q " 200 "`;
  const services = phases.flatMap((names, i) => {
    const service = {
      image,
      environment: { LATE_MS: String(lateMs) },
      healthcheck: { test: ["CMD", "bash", "-c", ask], interval, timeout: "5s", retries: 600 },
      depends_on: Object.fromEntries(
        (phases[i - 1] ?? []).map((before) => [before, { condition: "service_healthy" }]),
      ),
    };
    return names.map((name) => [name, service] as const);
  });
  return JSON.stringify({ services: Object.fromEntries(services) }, null, 2);
}

/** One `compose up` of the shape, another one, and `compose down`. */
export async function measureCompose(
  { command, up }: Compose,
  docker: Docker,
  dir: string,
  shape: ComposeShape,
  signal: AbortSignal,
): Promise<ShapeRun> {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "compose.yaml"), composeYaml(shape));
  const run = (args: readonly string[], abort: AbortSignal) => {
    const [program, ...words] = command;
    const all = [...words, "--project-name", projectName, "--file", "compose.yaml", ...args];
    return runCommand(program, all, { cwd: dir, env: process.env, signal: abort });
  };
  try {
    const label = `com.docker.compose.project=${projectName}`;
    const first = await withEvents(docker, label, () => run(up, signal));
    const { tookMs: noChangeMs } = await run(up, signal);
    return {
      commandMs: first.result.tookMs,
      noChangeMs,
      ...startOf(shapeServices(shape.shape), serviceEvents(first.events)),
    };
  } finally {
    await run(["down", "--volumes", "--timeout", "1"], new AbortController().signal);
  }
}

function serviceEvents(events: readonly EngineEvent[]): ReadonlyMap<string, ServiceEvents> {
  const of = (pattern: RegExp) =>
    new Map(
      events
        .filter(({ action }) => pattern.test(action))
        // The first of each: a health check goes on passing, without another event.
        .reverse()
        .map(({ attributes, atMs }) => [attributes["com.docker.compose.service"] ?? "", atMs]),
    );
  const ready = of(/^health_status: healthy$/);
  return new Map(
    [...of(/^create$/)].map(([service, createdMs]) => [
      service,
      { createdMs, readyMs: ready.get(service) ?? NaN },
    ]),
  );
}
