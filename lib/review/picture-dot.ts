import type { PicturePhase, PictureService, StackPicture } from "./stack-picture.ts";
import { notesOf } from "./stack-picture.ts";

const ink = "#24292f";
const quiet = "#6e7781";
const line = "#8c959f";
const pale = "#c3cad1";
const ground = "#f6f8fa";
const accent = "#c2410c";
const accentGround = "#fff4ec";
// The one sans-serif whose widths Graphviz knows without a font.
const font = "Arial";

// An end of a line within a label, and one with a little room after it.
const leftEnd = '<br align="left"/>';
const gap = `${leftEnd}<font point-size="4"> </font>${leftEnd}`;

/** A picture in the language of Graphviz: phases as boxes, gates as strong arrows between them, needs as fine ones. */
export function pictureDot({ title, phases, gates, needs, legend, caption }: StackPicture): string {
  const graph = attributes({
    rankdir: "LR",
    compound: "true",
    newrank: "true",
    nodesep: "0.25",
    ranksep: "0.9",
    pad: "0.4",
    bgcolor: "white",
    fontname: font,
    fontsize: "13",
    fontcolor: quiet,
    labelloc: "b",
    labeljust: "l",
  });
  const lines = [
    `<font point-size="18" color="${ink}"><b>${html(title)}</b></font>`,
    ...(caption === undefined ? [] : [`<font color="${accent}">${html(caption)}</font>`]),
    `<font point-size="10">${html(legend)}</font>`,
  ];
  const label = `<${lines.join(gap)}${leftEnd}>`;
  return [
    "digraph stack {",
    `  graph [${graph}, label=${label}]`,
    `  node [${attributes({ shape: "box", style: "rounded,filled", fontname: font, fontsize: "12", fontcolor: ink, color: line, fillcolor: "white", margin: "0.16,0.09", height: "0.5" })}]`,
    `  edge [${attributes({ color: pale, arrowsize: "0.6", tailport: "e", headport: "w" })}]`,
    ...phases.map(cluster),
    ...needs.map(({ from, to }) => {
      // Within a phase all start together: an arrow there must not push one behind the other.
      const within = phases.some(({ services }) =>
        [from, to].every((end) => services.some(({ name }) => name === end)),
      );
      return `  ${id(from)} -> ${id(to)}${within ? " [tailport=_, headport=_]" : ""}`;
    }),
    ...gates.map(({ from, to, critical }) => {
      const ends = { ltail: `cluster_${from}`, lhead: `cluster_${to}` };
      const look = { color: critical ? accent : line, penwidth: critical ? "2.4" : "1.8", arrowsize: "0.9" };
      return `  ${id(middle(phases, from))} -> ${id(middle(phases, to))} [${attributes({ ...ends, ...look, weight: "100" })}]`;
    }),
    "}",
  ].join("\n");
}

function cluster({ name, title, services }: PicturePhase): string {
  const look = attributes({
    style: "rounded,filled",
    color: pale,
    fillcolor: ground,
    margin: "16",
    labeljust: "l",
    labelloc: "t",
    rank: "same",
  });
  const label = `<<font point-size="13" color="${ink}"><b>${html(title)}</b></font>>`;
  return [
    `  subgraph ${id(`cluster_${name}`)} {`,
    `    graph [${look}, label=${label}]`,
    ...services.map((service) => `    ${node(service)}`),
    "  }",
  ].join("\n");
}

function node(service: PictureService): string {
  const { name, critical } = service;
  const notes = notesOf(service);
  const second =
    notes === ""
      ? ""
      : `<br/><font point-size="10" color="${critical ? accent : quiet}">${html(notes)}</font>`;
  const look = critical ? { color: accent, penwidth: "2", fillcolor: accentGround } : {};
  return `${id(name)} [${attributes(look)}${critical ? ", " : ""}label=<${html(name)}${second}>]`;
}

/** The service in the middle of a phase: where its gate's arrow ends looks right there. */
function middle(phases: readonly PicturePhase[], name: string): string {
  const services = phases.find((phase) => phase.name === name)?.services ?? [];
  return services[Math.floor((services.length - 1) / 2)]?.name ?? "";
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${id(value)}`)
    .join(", ");
}

function id(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

function html(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
