import type { PicturePhase, PictureService, StackPicture } from "./stack-picture.ts";
import { notesOf } from "./stack-picture.ts";

/** A picture as Mermaid, which GitHub draws where it stands in Markdown as a block of `mermaid`. */
export function pictureMermaid({ title, phases, gates, needs, legend, caption }: StackPicture): string {
  const phaseId = (name: string) => `phase${phases.findIndex((phase) => phase.name === name) + 1}`;
  const critical = phases.flatMap(({ services }) =>
    services.filter((service) => service.critical).map(({ name }) => serviceId(name)),
  );
  // Mermaid counts the arrows in the order in which they are written.
  const strong = gates.flatMap((gate, i) => (gate.critical ? [needs.length + i] : []));
  return [
    "---",
    `title: ${JSON.stringify(title)}`,
    "---",
    ...(caption === undefined ? [] : [`%% ${caption}`]),
    `%% ${legend}`,
    "graph LR",
    ...phases.flatMap((phase) => cluster(phaseId(phase.name), phase)),
    ...needs.map(({ from, to }) => `  ${serviceId(from)} -.-> ${serviceId(to)}`),
    ...gates.map(({ from, to }) => `  ${phaseId(from)} == gate ==> ${phaseId(to)}`),
    ...(critical.length === 0
      ? []
      : ["  classDef critical stroke:#c2410c,stroke-width:3px", `  class ${critical.join(",")} critical`]),
    ...(strong.length === 0 ? [] : [`  linkStyle ${strong.join(",")} stroke:#c2410c`]),
  ].join("\n");
}

function cluster(id: string, { title, services }: PicturePhase): string[] {
  return [
    `  subgraph ${id}[${quoted(title)}]`,
    ...services.map((service) => `    ${node(service)}`),
    "  end",
  ];
}

function node(service: PictureService): string {
  const { name } = service;
  const notes = notesOf(service);
  return `${serviceId(name)}[${quoted(notes === "" ? name : `${name}\n${notes}`)}]`;
}

/** A name that is no word of Mermaid's own, such as "end". A service's name has letters, digits and dashes only. */
function serviceId(name: string): string {
  return `service_${name.replaceAll("-", "_")}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll("#", "#35;").replaceAll('"', "#quot;").replaceAll("\n", "<br/>")}"`;
}
