import { expect, test } from "vitest";
import { z } from "zod";
import { errorText, PhasegateError, problemsError } from "../../../lib/core/errors.ts";
import { describeProblems } from "../../../lib/core/problem.ts";
import { zodProblems } from "../../../lib/core/zod-problems.ts";

const schema = z.strictObject({
  phases: z.record(z.string(), z.strictObject({ services: z.array(z.string()) })),
});

function problemsOf(value: unknown, root?: string) {
  const { error } = schema.safeParse(value);
  if (error === undefined) throw new Error("the value was accepted");
  return zodProblems(error, root);
}

test("a problem's path reads as in code", () => {
  const [problem] = problemsOf({ phases: { infrastructure: { services: ["postgres", 2] } } });
  expect(problem?.path).toBe("phases.infrastructure.services[1]");
});

test("a root stands before the path, and alone where there is none", () => {
  expect(problemsOf({ phases: { infrastructure: {} } }, "stack")[0]?.path).toBe(
    "stack.phases.infrastructure.services",
  );
  expect(problemsOf(1, "stack")[0]?.path).toBe("stack");
  expect(problemsOf(1)[0]?.path).toBe("(top)");
});

test("all problems are listed, a line each, in one error", () => {
  const problems = [
    { path: "a", message: "is missing" },
    { path: "b[0]", message: "must be a text" },
  ];
  expect(describeProblems(problems)).toBe("  - a: is missing\n  - b[0]: must be a text");
  const error = problemsError("PHASEGATE_CONFIG_INVALID", "Pulumi.dev.yaml", problems);
  expect(error).toBeInstanceOf(PhasegateError);
  expect(error.code).toBe("PHASEGATE_CONFIG_INVALID");
  expect(error.message).toBe("Pulumi.dev.yaml:\n  - a: is missing\n  - b[0]: must be a text");
});

test("an unknown thrown value has words", () => {
  expect(errorText(new Error("broken"))).toBe("broken");
  expect(errorText("broken")).toBe("broken");
  expect(errorText(new AggregateError([new Error("::1 refused"), new Error("127.0.0.1 refused")]))).toBe(
    "::1 refused; 127.0.0.1 refused",
  );
  expect(errorText(new AggregateError([], "none left"))).toBe("none left");
});
