import { UnavailableError, reasonOf } from "../shared/failure-reason.ts";
import type { Backend } from "./backend.ts";

interface Step {
  readonly name: string;
  readonly ms: number;
}

export type CompleteFlow =
  | {
      readonly complete: true;
      readonly ready: true;
      readonly steps: readonly Step[];
      readonly answer: string;
    }
  | {
      readonly complete: false;
      readonly ready: false;
      readonly steps: readonly Step[];
      readonly failed: string;
      readonly reason: string;
    };

const question = "The whole stack works. Every part of it was asked.";

/**
 * Goes through everything that a user's request goes through: logs in at auth, calls the backend, has an
 * agent answer, and reads the event back that the answer left in ClickHouse.
 */
export async function completeFlow(logIn: () => Promise<string>, backend: Backend): Promise<CompleteFlow> {
  const steps: Step[] = [];
  let current = "";

  async function step<Result>(name: string, run: () => Promise<Result>): Promise<Result> {
    current = name;
    const startedMs = performance.now();
    const result = await run();
    steps.push({ name, ms: Math.round((performance.now() - startedMs) * 10) / 10 });
    return result;
  }

  try {
    const token = await step("logIn", logIn);
    const [agent = ""] = await step("callBackend", () => backend.agents(token));
    await step("websocket", () => backend.ping(token));
    const { eventId, answer } = await step("agentAnswers", () => backend.run(token, agent, question));
    await step("eventReadBack", async () => {
      const event = await backend.event(token, eventId);
      if (event.answer !== answer) throw new UnavailableError("the event read back holds another answer");
    });
    return { complete: true, ready: true, steps, answer };
  } catch (error) {
    return { complete: false, ready: false, steps, failed: current, reason: reasonOf(error) };
  }
}
