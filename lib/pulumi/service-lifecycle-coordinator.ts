import type { EngineEvent } from "@pulumi/pulumi/automation/events.js";
import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { errorText, PhasegateError } from "../core/errors.ts";
import type { ControlClient } from "../control/client.ts";
import { connectStack } from "../control/running-stack.ts";
import type { FailureType } from "../model/control.ts";
import type { FailureResponse, Validation } from "../model/control-answers.ts";
import type { Environment } from "../model/environment.ts";
import type { ValidationLevel } from "../model/level.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { readStackPlan, stackNames } from "../project/stack-plan.ts";
import { pulumiFailure } from "./pulumi-failure.ts";
import type { ServiceStartupResult } from "./startup-result.ts";
import { phaseStartups } from "./startup-result.ts";

export interface LifecycleOptions {
  /** The project's folder, with its Pulumi.yaml. Default: the current one. */
  readonly project?: string;
  /** The stack that is asked and handled. Default: the one started last by this object, else the only one there is. */
  readonly stack?: string;
  /** Gets what `pulumi up` writes, as it comes. Default: nobody does. */
  readonly onOutput?: (text: string) => void;
}

/**
 * Starts, asks and mends a stack from a program, as `pulumi up` and the command `phasegate` do from a shell. The
 * Pulumi command must be on the PATH and logged in to a backend (`eval "$(npm run -s env)"` sees to both).
 *
 * @example
 * const lifecycle = new ServiceLifecycleCoordinator();
 * const { started, phases } = await lifecycle.orchestrateStartup("staging");
 * if (started) await lifecycle.validateServiceReadiness("auth", "comprehensive");
 */
export class ServiceLifecycleCoordinator {
  readonly #project: string;
  readonly #onOutput: (text: string) => void;
  #stack: string | undefined;

  constructor({ project = process.cwd(), stack, onOutput = () => undefined }: LifecycleOptions = {}) {
    this.#project = project;
    this.#stack = stack;
    this.#onOutput = onOutput;
  }

  /**
   * Brings up the environment's stack, phase by phase, each behind its gate. A gate that does not open is a result,
   * not an exception: `started` is false, and `failure` is the report.
   * @throws PhasegateError PHASEGATE_STACK_UNKNOWN when not exactly one stack is of the environment;
   *   PHASEGATE_CONFIG_INVALID and PHASEGATE_DECLARATION_INVALID with every problem
   */
  async orchestrateStartup(environment: Environment): Promise<ServiceStartupResult> {
    const plan = await planOf(this.#project, environment, this.#stack);
    this.#stack = plan.stack;
    const began = performance.now();
    const failure = await this.#up(plan.stack);
    const tookMs = Math.round(performance.now() - began);
    const statuses = await this.#ask(async (client) => (await client.call("status", {})).services).catch(
      (error: unknown) => {
        // Where nothing has come up, there is nobody to ask; what went wrong has been said.
        if (failure === undefined) throw error;
        return [];
      },
    );
    const phases = phaseStartups(plan, statuses);
    return { environment, stack: plan.stack, started: failure === undefined, tookMs, phases, failure };
  }

  /**
   * Asks each probe of a service once, now, from inside the stack's network.
   * @param level how much is validated. Default: the environment's own level.
   * @throws PhasegateError PHASEGATE_SERVICE_UNKNOWN, PHASEGATE_STACK_UNKNOWN, PHASEGATE_COORDINATOR_UNREACHABLE
   */
  validateServiceReadiness(service: string, level?: ValidationLevel): Promise<Validation> {
    return this.#ask((client) => client.call("validate", { service, ...(level && { level }) }));
  }

  /**
   * Restarts a failed service and, when it is ready, its transitive dependents, in order, each by its edge's policy
   * and each proven before the next: what the coordinator does by itself when it notices. Where it is at that already, its
   * end is waited for. A step that fails is a result, not an exception.
   * @throws PhasegateError PHASEGATE_SERVICE_UNKNOWN, PHASEGATE_STACK_UNKNOWN, PHASEGATE_COORDINATOR_UNREACHABLE
   */
  handleServiceFailure(service: string, failureType: FailureType): Promise<FailureResponse> {
    return this.#ask((client) => client.call("handleFailure", { service, failure: failureType }));
  }

  /** What Pulumi said when it failed; undefined when it did not. */
  async #up(stackName: string): Promise<string | undefined> {
    const stack = await LocalWorkspace.createOrSelectStack({ stackName, workDir: this.#project });
    const events: EngineEvent[] = [];
    let stderr = "";
    try {
      await stack.up({
        color: "never",
        onOutput: this.#onOutput,
        onEvent: (event) => events.push(event),
        onError: (text) => (stderr += text),
      });
      return undefined;
    } catch (error) {
      return pulumiFailure(stackName, { events, stderr }) ?? errorText(error);
    }
  }

  async #ask<T>(question: (client: ControlClient) => Promise<T>): Promise<T> {
    const { coordinator } = await connectStack(this.#stack);
    try {
      return await question(coordinator);
    } finally {
      coordinator.close();
    }
  }
}

async function planOf(
  project: string,
  environment: Environment,
  stack: string | undefined,
): Promise<LifecyclePlan> {
  const names = stack === undefined ? await stackNames(project) : [stack];
  const plans = await Promise.all(names.map((name) => readStackPlan(project, name)));
  const [plan, ...others] = plans.filter((one) => one.environment === environment);
  if (plan !== undefined && others.length === 0) return plan;
  const found = plan ? [plan, ...others].map((one) => one.stack).join(", ") : "none";
  throw new PhasegateError(
    "PHASEGATE_STACK_UNKNOWN",
    `one stack of the environment ${environment} is needed, and there is ${found}: name it in the option stack`,
  );
}
