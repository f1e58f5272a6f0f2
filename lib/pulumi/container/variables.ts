import * as pulumi from "@pulumi/pulumi";
import { problemsError } from "../../core/errors.ts";
import { placeText } from "../../core/problem.ts";
import type { LifecyclePlan, ContainerPlan } from "../../model/plan.ts";

/** The variables that a container gets from whoever runs Pulumi. Their values are shown nowhere. */
export function passedVariables({ passThrough = {} }: ContainerPlan): pulumi.Output<string>[] {
  return Object.entries(passThrough).flatMap(([name, { variable }]) => {
    const value = process.env[variable];
    return value === undefined ? [] : [pulumi.secret(`${name}=${value}`)];
  });
}

/** @throws PhasegateError PHASEGATE_CONFIG_INVALID with every variable that must be set where Pulumi runs, and is not */
export function checkVariables({ services, stack }: LifecyclePlan): void {
  const problems = Object.entries(services).flatMap(([service, { passThrough = {} }]) =>
    Object.entries(passThrough).flatMap(([name, { variable, required }]) =>
      required && process.env[variable] === undefined
        ? [
            {
              path: placeText(["services", service, "env", name]),
              message: `the variable ${variable} is not set where Pulumi runs: export it`,
            },
          ]
        : [],
    ),
  );
  if (problems.length > 0)
    throw problemsError(
      "PHASEGATE_CONFIG_INVALID",
      `nothing was changed: variables that stack ${stack} passes on are not set`,
      problems,
    );
}
