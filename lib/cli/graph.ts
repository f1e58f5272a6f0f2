import { writeFile } from "node:fs/promises";
import { Command, Option } from "commander";
import { PhasegateError, shownText } from "../core/errors.ts";
import type { ControlClient } from "../control/client.ts";
import type { ServiceStatus } from "../model/status.ts";
import { mostStarts } from "../model/history.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { isStartedByUp } from "../model/plan.ts";
import { pictureDot } from "../review/picture-dot.ts";
import { pictureMermaid } from "../review/picture-mermaid.ts";
import type { StackPicture } from "../review/stack-picture.ts";
import { pictureOf, realStarts } from "../review/stack-picture.ts";
import { connectStack } from "../control/running-stack.ts";
import { readStackPlan, stackNames } from "../project/stack-plan.ts";

const formats = ["mermaid", "svg", "dot"] as const;
type Format = (typeof formats)[number];

/** `phasegate graph`: a stack's phases, gates and needs as a picture, with the times of its last start where it runs. */
export function graphCommand(): Command {
  return new Command("graph")
    .summary("Draw a stack's phases, gates and needs")
    .description(
      "Draw a stack's phases, gates and needs. If the stack runs, the picture shows each service's time and the critical path of the last start.",
    )
    .option("--stack <name>", "the stack (default: the one that runs, or the first of the project)")
    .addOption(
      new Option("--format <format>", "the format of the picture").choices(formats).default("mermaid"),
    )
    .option("--output <file>", "the file to write (default: standard output)")
    .action(async (options: { stack?: string; format: Format; output?: string }) => {
      const root = process.cwd();
      const started = await lastStart(options.stack);
      const stack = started?.stack ?? options.stack ?? (await stackNames(root))[0] ?? "dev";
      const plan = await readStackPlan(root, stack);
      const picture = pictureOf(plan, started?.declaration === plan.name ? started.services : []);
      if (started !== undefined && picture.caption === undefined)
        console.error(whyNoPath(plan, started, picture));
      const text = `${(await drawn(picture, options.format)).trimEnd()}\n`;
      if (options.output === undefined) process.stdout.write(text);
      else await writeFile(options.output, text);
    });
}

function whyNoPath(
  { name, services: planned }: LifecyclePlan,
  { stack, declaration }: LastStart,
  picture: StackPicture,
): string {
  if (declaration !== name)
    return `Without times: the stack ${stack} that is there is of the declaration ${declaration}.`;
  const unseen = picture.phases.flatMap(({ services }) =>
    services.filter(({ name, time }) => time === undefined && isStartedByUp(planned[name])),
  );
  const names = unseen.map((service) => service.name).join(", ");
  return `Without the critical path: the coordinator has seen no start, from its container's creation to its readiness, of ${names}.`;
}

async function drawn(picture: StackPicture, format: Format): Promise<string> {
  switch (format) {
    case "mermaid":
      return pictureMermaid(picture);
    case "dot":
      return pictureDot(picture);
    case "svg": {
      // Graphviz is a megabyte that the other commands need not read.
      const { instance } = await import("@viz-js/viz");
      return (await instance()).renderString(pictureDot(picture), { format: "svg" });
    }
  }
}

/** From the history, which outlives the coordinator; what is known of the containers that run where there is none. */
async function knownStarts(coordinator: ControlClient): Promise<readonly ServiceStatus[]> {
  try {
    return realStarts((await coordinator.call("history", { last: mostStarts })).starts);
  } catch (error) {
    if (!(error instanceof PhasegateError)) throw error;
    console.error(`Without the history of starts: ${shownText(error)}`);
    return (await coordinator.call("status", {})).services;
  }
}

interface LastStart {
  readonly stack: string;
  readonly declaration: string;
  readonly services: readonly ServiceStatus[];
}

/** What a stack's coordinator knows of its start. A stack whose coordinator does not answer is drawn from its files alone, and stderr says so. */
async function lastStart(name: string | undefined): Promise<LastStart | undefined> {
  try {
    const { stack, declaration, coordinator } = await connectStack(name);
    const services = await knownStarts(coordinator).finally(() => coordinator.close());
    return { stack, declaration, services };
  } catch (error) {
    if (!(error instanceof PhasegateError)) throw error;
    console.error(`Without times: ${shownText(error)}`);
    return undefined;
  }
}
