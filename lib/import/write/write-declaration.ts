import { mapValues } from "../../core/record.ts";
import { environments } from "../../model/environment.ts";
import { setSecretCommand } from "../../model/stack-command.ts";
import { formatted } from "./formatted.ts";
import { camelCase } from "../../core/camel-case.ts";
import { free } from "../translate/names.ts";
import type { Note } from "../read/note.ts";
import { serviceSource, validation, withComments } from "./service-source.ts";
import type { Member, Source, Value } from "./source.ts";
import { callOf, listOf, membersOf, objectOf, sourceOf, withoutControls } from "./source.ts";
import type { ImportedPhase, ImportedService, ImportedStack } from "../translate/translation.ts";

/** A declaration, as the text of a TypeScript file. */
export interface WrittenDeclaration {
  readonly source: string;
  /** What it exports: `export const shop = defineStack(...)`. */
  readonly constant: string;
}

/**
 * Writes a declaration that reads as if somebody had written it: in the order and the format of this project's own,
 * with each note as a comment at the place that it is about.
 * @param from the files that it comes from, for the comment at its head
 */
export async function writeDeclaration(
  stack: ImportedStack,
  notes: readonly Note[],
  from: readonly string[],
): Promise<WrittenDeclaration> {
  const declaration = callOf("defineStack", declarationOf(stack, notes));
  const called = [...new Set(declaration.calls)].sort(byLetters);
  const constant = constantName(stack.name, called);
  const source = [
    ...header(stack, constant, from),
    `import { ${called.join(", ")} } from "phasegate";`,
    "",
    `export const ${constant} = ${declaration.text};`,
  ].join("\n");
  return { source: await formatted(source), constant };
}

function declarationOf(stack: ImportedStack, notes: readonly Note[]): Source {
  const { name, phases, needs, services, maxRetries, allowed } = stack;
  const places = notePlaces(services, notes);
  const members = membersOf({
    name,
    environments,
    phases: objectOf(
      phases.map((phase) => ({ key: phase.name, value: phaseSource(phase) })),
      true,
    ),
    needs: needsSource(needs, places),
    services: objectOf(
      services.map((service, i) => serviceMember(service, places, i > 0)),
      true,
    ),
    failureHandling: {
      maxRetries,
      backoff: { multiplier: 2, max: "30s" },
      onDependencyChange: "revalidate",
      grace: "10s",
    },
    parity:
      allowed.length === 0
        ? undefined
        : sourceOf({ allow: listOf(allowed.map((one) => sourceOf({ ...one }))) }),
  });
  return objectOf(
    members.map((member) => ({
      ...withComments(member, member.key === "services" ? places.of(undefined) : []),
      apart: member.key !== "name" && member.key !== "environments",
    })),
  );
}

function phaseSource({ title, services, dependsOn, timeout }: ImportedPhase): Source {
  return sourceOf({
    title,
    services,
    dependsOn: dependsOn.length === 0 ? undefined : dependsOn,
    validation,
    timeout,
  });
}

function needsSource(
  needs: ImportedStack["needs"],
  places: ReturnType<typeof notePlaces>,
): Source | undefined {
  // An edge that says nothing of its own has the policy of all.
  const members = membersOf(
    mapValues(needs, (own): Value => (Object.values(own).includes("restart") ? own : Object.keys(own))),
  );
  if (members.length === 0) return undefined;
  return objectOf(
    members.map((member) => withComments(member, places.of(member.key, "needs"))),
    true,
  );
}

function serviceMember(
  service: ImportedService,
  places: ReturnType<typeof notePlaces>,
  apart: boolean,
): Member {
  const value = serviceSource(service, (option, variable) => places.of(service.name, option, variable));
  return withComments({ key: service.name, value, apart }, places.of(service.name, "itself"));
}

/** The options that the attributes of a compose file have become. */
const optionOf: Readonly<Record<string, readonly string[]>> = {
  environment: ["env"],
  env_file: ["envFile", "env"],
  ports: ["ports", "publish", "port"],
  expose: ["port"],
  healthcheck: ["validations"],
  volumes: ["mounts", "volumes"],
  tmpfs: ["mounts"],
  networks: ["networks"],
  secrets: ["files"],
  configs: ["files", "mounts"],
  command: ["command"],
  entrypoint: ["entrypoint"],
  image: ["image"],
  build: ["image"],
  scale: ["replicas"],
  profiles: ["in"],
  depends_on: ["needs"],
};

/** Finds for each note the place in the declaration that it is about. */
function notePlaces(services: readonly ImportedService[], notes: readonly Note[]) {
  const comments = new Map<string, string[]>();
  const keyOf = (...parts: readonly (string | undefined)[]) => JSON.stringify(parts);
  for (const note of notes) {
    const service = services.find(
      ({ composeName }) =>
        note.path === `services.${composeName}` || note.path.startsWith(`services.${composeName}.`),
    );
    const rest = service ? note.path.slice(`services.${service.composeName}.`.length) : note.path;
    const key = service ? keyOf(service.name, ...placeOf(service, rest)) : keyOf(undefined);
    const isVariable =
      service !== undefined && key === keyOf(service.name, "env", rest.replace("environment.", ""));
    const comment =
      rest === "" || isVariable ? `${note.kind}: ${note.message}` : `${note.kind}: ${rest}: ${note.message}`;
    comments.set(key, [...(comments.get(key) ?? []), comment]);
  }
  return {
    of: (service: string | undefined, option?: string, variable?: string): readonly string[] =>
      comments.get(
        service === undefined
          ? keyOf(undefined)
          : keyOf(service, option, ...(variable === undefined ? [] : [variable])),
      ) ?? [],
  };
}

function placeOf(service: ImportedService, rest: string): readonly string[] {
  const [attribute = "", ...more] = rest.split(".");
  const variable = more.join(".");
  if (attribute === "environment" && Object.hasOwn(service.env, variable)) return ["env", variable];
  if (attribute === "environment" && service.envFile.length > 0) return ["envFile"];
  const options = optionOf[attribute] ?? [];
  return [options.find((option) => option === "needs" || hasOption(service, option)) ?? "itself"];
}

function hasOption(service: ImportedService, option: string): boolean {
  switch (option) {
    case "env":
      return Object.keys(service.env).length > 0;
    case "envFile":
      return service.envFile.length > 0;
    case "files":
      return Object.keys(service.files).length > 0;
    case "volumes":
      return Object.keys(service.volumes).length > 0;
    case "mounts":
      return Object.keys(service.mounts).length > 0;
    case "ports":
      return Object.keys(service.ports).length > 0;
    case "validations":
      return service.probes.length > 0;
    case "networks":
      return service.networks !== undefined;
    case "image":
      return true;
    case "in":
      return service.in !== undefined;
    case "replicas":
      return service.replicas !== undefined;
    case "port":
      return service.port !== undefined;
    case "publish":
      return service.publish !== undefined;
    case "healthcheck":
      return service.healthcheck !== undefined;
    case "command":
      return service.command !== undefined;
    case "entrypoint":
      return service.entrypoint !== undefined;
    default:
      return false;
  }
}

function header(stack: ImportedStack, constant: string, from: readonly string[]): string[] {
  const secrets = stack.secrets.map(({ name }) => setSecretCommand("STACK", name));
  const paragraphs = [
    `${stack.name}, imported from ${from.join(", ")} by "npx phasegate import". From here on this file is the one to change.`,
    `Next: add ${constant} to stacks/index.ts; go through the comments that begin with "lost", "changed" or "check", and take out those that are dealt with; replace probes that only ask whether a port is open by ones that ask what the application needs${secrets.length === 0 ? "." : "; and set the secrets:"}`,
  ];
  const text = (line = "") => ` * ${withoutControls(line)}`;
  return [
    "/**",
    text(paragraphs[0]),
    " *",
    text(paragraphs[1]),
    ...(secrets.length === 0 ? [] : [" *", ...secrets.map((line) => text(`    ${line}`))]),
    " */",
  ];
}

/** Words that are no name for a constant. */
const reserved =
  "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield".split(
    " ",
  );

function constantName(name: string, called: readonly string[]): string {
  const taken = new Set([...reserved, ...called]);
  const wanted = camelCase(name);
  return taken.has(wanted) ? free(`${wanted}Stack`, (candidate) => taken.has(candidate)) : wanted;
}

function byLetters(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}
