import type { CauseCode, Outcome } from "../../lib/probe/outcome.ts";

export const passed: Outcome = { status: "passed", tookMs: 1 };

export function failed(text = "connection refused", code: CauseCode = "refused", permanent = false): Outcome {
  return { status: "failed", tookMs: 1, cause: { code, text, permanent } };
}

export const unknown: Outcome = {
  status: "unknown",
  tookMs: 0,
  cause: { code: "prober", text: "the prober could not run", permanent: false },
};
