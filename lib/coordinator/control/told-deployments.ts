import type { Deployments } from "../observers/deployments.ts";
import type { Answer } from "./answer.ts";

/** Answers as before, and tells of each `up` what deployments are derived from. */
export function tellingDeployments(answer: Answer, deployments: Deployments): Answer {
  return async (request, onEvent, signal) => {
    if (request.method === "deploy") {
      const end = deployments.begin();
      // It ends with the connection.
      signal.addEventListener("abort", end);
      if (signal.aborted) end();
    }
    if (request.method !== "awaitGate" && request.method !== "validateEdges")
      return answer(request, onEvent, signal);
    const answered = deployments.waits(request.phase);
    try {
      const verdict = await answer(request, onEvent, signal);
      answered("opened" in verdict ? verdict.opened : "proven" in verdict ? verdict.proven : undefined);
      return verdict;
    } catch (error) {
      answered(undefined);
      throw error;
    }
  };
}
