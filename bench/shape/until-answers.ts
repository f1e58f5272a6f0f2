import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { servicePort } from "./shapes.ts";

/** So often a service is asked whether it is ready: what is measured so is too high by half of it at most. */
const everyMs = 4;

/** Waits until a service answers by 200. Asks without a pause, which only a benchmark can afford. */
export async function untilAnswers(address: string, signal?: AbortSignal): Promise<void> {
  while (!(await answersWell(address))) await sleep(everyMs, undefined, { signal });
}

function answersWell(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    get({ host: address, port: servicePort, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on("error", () => resolve(false));
  });
}
