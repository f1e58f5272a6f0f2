import type { ControlClient } from "../control/client.ts";
import { systemClock } from "../core/clock.ts";
import { PhasegateError } from "../core/errors.ts";
import type { StackStatus } from "../model/control-answers.ts";
import type { Transition } from "../model/transition.ts";
import { eventLine, holdLine, widthOf } from "./event-text.ts";
import { followStack } from "./follow-stack.ts";
import type { Screen } from "./screen.ts";
import { screen } from "./screen.ts";
import type { Named } from "./status-text.ts";
import { statusText } from "./status-text.ts";

/** What was last known of the stack that is watched; undefined where nothing was. */
export type Watched = (Named & { readonly status: StackStatus }) | undefined;

/** What happens at once is drawn once. */
const settleMs = 100;

/** Draws the status on a terminal, again whenever something has happened, until a Ctrl-C; returns what it was last. */
export async function watchOnTerminal(stackName: string | undefined): Promise<Watched> {
  let view: Screen | undefined;
  let watched: Watched;
  let lost: string | undefined;
  let connected: (Named & { readonly coordinator: ControlClient }) | undefined;
  let asking = false;
  let again = false;

  const draw = () => {
    if (watched === undefined) return;
    const { status, ...named } = watched;
    const text = statusText(named, status, { brief: true });
    view ??= screen(process.stdout);
    view.draw(lost === undefined ? text : `${lost}\nWaiting for it; what is shown is what was.\n\n${text}`);
  };
  const ask = async () => {
    again = true;
    if (asking) return;
    asking = true;
    try {
      while (again && connected !== undefined) {
        await systemClock.sleep(settleMs);
        again = false;
        const { coordinator, declaration, stack } = connected;
        watched = { declaration, stack, status: await coordinator.call("status", {}) };
        draw();
      }
    } catch (error) {
      // Who follows hears of it, too.
      if (!(error instanceof PhasegateError)) throw error;
    } finally {
      asking = false;
    }
  };
  try {
    await followStack(stackName, {
      last: 0,
      onConnected: async (stack) => {
        [connected, lost] = [stack, undefined];
        await ask();
      },
      onTransition: () => void ask(),
      onHold: () => void ask(),
      onLost: ({ message }) => {
        [connected, lost] = [undefined, message];
        draw();
      },
    });
  } finally {
    connected = undefined;
    view?.close();
  }
  return watched;
}

/** Writes the status once, and what happens after it a line each, until a Ctrl-C; returns what the status was at last. */
export async function watchInLines(stackName: string | undefined): Promise<Watched> {
  let watched: Watched;
  let width = 0;
  await followStack(stackName, {
    last: 0,
    onConnected: async ({ coordinator, declaration, stack }, again) => {
      watched = { declaration, stack, status: await coordinator.call("status", {}) };
      width = widthOf(watched.status.services.map(({ service }) => service));
      console.log(again ? "connected again" : statusText(watched, watched.status, { brief: true }));
    },
    onTransition: (transition) => {
      if (watched !== undefined) watched = { ...watched, status: statusAfter(watched.status, transition) };
      console.log(eventLine(transition, width));
    },
    onHold: (change) => console.log(holdLine(change)),
    onLost: ({ message }) => console.log(`${message}\nwaiting for it`),
  });
  return watched;
}

function statusAfter(status: StackStatus, { service, to }: Transition): StackStatus {
  const services = status.services.map((one) => (one.service === service ? { ...one, state: to } : one));
  return { ...status, services };
}
