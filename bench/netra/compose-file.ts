import { containersOf } from "../../lib/model/plan.ts";
import { fillText } from "../../lib/model/text.ts";
import type { Workspace } from "./workspace.ts";

/** Where an application says whether all of it is ready. Its plain /health answers before that. */
const readyPaths: Readonly<Record<string, string>> = {
  auth: "/health/ready",
  backend: "/health/ready",
  frontend: "/api/health",
};

/**
 * The plan's containers as the files of a compose project, compose.yaml and those that it mounts: the same images, environment, files, volumes and ports, in the
 * same order. Compose's only gate is the engine's health check, so that of an application asks for its whole
 * readiness here, where the plan's asks only whether it answers.
 * @param images the reference that each service runs
 * @param interval of every health check: "5s"
 */
export function composeFiles(
  { plan, secrets }: Pick<Workspace, "plan" | "secrets">,
  images: Readonly<Record<string, string>>,
  interval: string,
): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  const volumes: Record<string, object> = {};
  const services = Object.entries(containersOf(plan)).map(([name, service]) => {
    const inPhasesBefore = (plan.phases[service.phase]?.dependsOn ?? []).flatMap(
      (phase) => plan.phases[phase]?.services ?? [],
    );
    const mounts = Object.entries(service.volumes).map(([volume, path]) => {
      volumes[`${name}-${volume}`] = {};
      return `${name}-${volume}:${path}`;
    });
    const fileMounts = Object.entries(service.files).map(([path, text], i) => {
      files[`${name}-${i}`] = fillText(text, secrets);
      return `./${name}-${i}:${path}:ro`;
    });
    const test = healthTest(name, service.healthcheck?.command, service.published?.containerPort);
    const { published } = service;
    return [
      name,
      {
        image: images[name],
        ...(service.command && { command: service.command }),
        environment: Object.fromEntries(
          Object.entries(service.env).map(([variable, text]) => [variable, fillText(text, secrets)]),
        ),
        volumes: [...mounts, ...fileMounts],
        ...(published && {
          ports: [`${published.ip}:${published.port}:${published.containerPort}`],
        }),
        ...(test && { healthcheck: { test, interval, timeout: "5s", retries: 60 } }),
        security_opt: ["no-new-privileges:true"],
        depends_on: Object.fromEntries(
          // A job tries until what it needs is there; compose's cannot, so it waits for that inside its phase too.
          [...new Set([...inPhasesBefore, ...(service.readiness.job ? Object.keys(service.needs) : [])])].map(
            (before) => [
              before,
              {
                condition: plan.services[before]?.readiness.job
                  ? "service_completed_successfully"
                  : "service_healthy",
              },
            ],
          ),
        ),
      },
    ] as const;
  });
  // JSON is YAML; a dollar sign is compose's own.
  const yaml = JSON.stringify({ services: Object.fromEntries(services), volumes }, null, 2);
  return { ...files, "compose.yaml": yaml.replaceAll("$", "$$$$") };
}

function healthTest(
  name: string,
  declared: readonly string[] | undefined,
  port: number | undefined,
): readonly string[] | undefined {
  const path = readyPaths[name];
  if (path === undefined || port === undefined) return declared;
  const ask = `exec 3<>/dev/tcp/127.0.0.1/${port} && printf "GET ${path} HTTP/1.0\\r\\n\\r\\n" >&3 && head -n 1 <&3 | grep -q " 200 "`;
  return ["CMD", "bash", "-c", ask];
}
