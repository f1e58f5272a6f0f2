import { Command } from "commander";
import { mostTransitions } from "../model/transition.ts";
import type { Transition } from "../model/transition.ts";
import { connectStack } from "../control/running-stack.ts";
import { eventJson, eventLine, holdLine, widthOf } from "./event-text.ts";
import { examples } from "./examples.ts";
import { followStack } from "./follow-stack.ts";
import { wholeNumber } from "./numbers.ts";

interface EventsOptions {
  readonly stack?: string;
  readonly follow?: true;
  readonly last: number;
  readonly json?: true;
}

/** `phasegate events [SERVICE]`: what has happened to services, a line each, and what happens. */
export function eventsCommand(): Command {
  return new Command("events")
    .summary("Show each change of a service's state, one line each")
    .description(
      "Show each change of a service's state, one line each, newest last: when, from which state to which, why, and in which incident",
    )
    .argument("[service]", "only this service")
    .option("--follow", "follow new changes until Ctrl-C; if the coordinator is lost, wait for it")
    .option("--last <n>", "the maximum number of past changes", wholeNumber(mostTransitions, 0), 20)
    .option("--stack <name>", "the stack (default: the only one that exists)")
    .option("--json", "print one line of JSON per change")
    .addHelpText(
      "after",
      examples(
        ["phasegate events", "the last 20 changes"],
        ["phasegate events redis --last 100", "the last 100 of one service"],
        ["phasegate events --follow --last 0 --json", "new changes only, for a program"],
      ),
    )
    .action((service: string | undefined, options: EventsOptions) =>
      options.follow ? follow(service, options) : show(service, options),
    );
}

async function show(service: string | undefined, { stack: name, last, json }: EventsOptions): Promise<void> {
  const { stack, declaration, coordinator } = await connectStack(name);
  const transitions: Transition[] = [];
  await coordinator
    .call(
      "events",
      { last, follow: false, ...(service !== undefined && { service }) },
      (event) => "seq" in event && transitions.push(event),
    )
    .finally(() => coordinator.close());
  const width = widthOf(transitions.map((one) => one.service));
  const lines = transitions.map((one) => (json ? eventJson(one) : eventLine(one, width)));
  if (lines.length > 0) console.log(lines.join("\n"));
  else if (!json)
    console.log(`${declaration} (${stack}): nothing has happened${service ? ` to ${service}` : ""}.`);
}

async function follow(service: string | undefined, { stack, last, json }: EventsOptions): Promise<void> {
  // Those that were come before the names of all services are known, which make the column.
  let before: Transition[] | undefined = [];
  let width = 0;
  const write = (transition: Transition) =>
    console.log(json ? eventJson(transition) : eventLine(transition, width));
  await followStack(stack, {
    last,
    service,
    onConnected: async ({ coordinator }, again) => {
      if (again) console.error("connected again");
      const { services } = await coordinator.call("status", {});
      // A name that is no service's own stands for the instances of one.
      const only = services.filter((one) => one.service === service);
      const shown = only.length > 0 ? only : services;
      width = widthOf([...shown, ...(before ?? [])].map((one) => one.service));
      before?.forEach(write);
      before = undefined;
    },
    onTransition: (transition) => {
      if (before === undefined) write(transition);
      else before.push(transition);
    },
    onHold: (change) => console.log(json ? eventJson(change) : holdLine(change)),
    onLost: ({ message }) => console.error(`${message}\nwaiting for it`),
  });
}
