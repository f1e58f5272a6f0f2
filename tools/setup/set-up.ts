/** All steps of the set-up, those that do not wait for each other side by side. */
import { delimiter } from "node:path";
import type { LifecyclePlan } from "../../lib/model/plan.ts";
import { binDir } from "../bootstrap/paths.mjs";
import type { Report, Result } from "../bootstrap/report.mjs";
import { backendVariables, ensureBackend } from "./backend.ts";
import { ensureDebianTools } from "./debian-tools.ts";
import { checkTypes, imagesOf, planOf } from "./declaration.ts";
import { ensureEngine } from "./engine.ts";
import { engineContents } from "./engine-contents.ts";
import { forPeople } from "./for-people.ts";
import { ensureImages } from "./images.ts";
import { requireOwnStack } from "./other-owner.ts";
import { describeSecrets, requireSecretsKept, requireSecretsSet } from "./secrets.ts";
import { ensureStack } from "./stack.ts";
import { requireConfigured } from "./stack-config.ts";
import type { Toolchain } from "./toolchain.ts";
import { ensureToolchain } from "./toolchain.ts";

/** A machine on which `pulumi` works. */
export interface Machine {
  readonly toolchain: Toolchain;
  /** Those of `env` that make `pulumi` work; PATH is not among them. */
  readonly variables: Readonly<Record<string, string>>;
  readonly env: NodeJS.ProcessEnv;
}

/** Makes sure of the toolchain and of the place for its state. */
export async function setUpPulumi(report: Report): Promise<Machine> {
  const { toolchain } = await report.step("toolchain", ensureToolchain);
  await report.step("backend", ensureBackend);
  const variables = {
    PULUMI_HOME: toolchain.home,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Several resources are compared at once, which many services in one phase gain by.
    PULUMI_PARALLEL_DIFF: "true",
    ...backendVariables(),
  };
  // Pulumi's CLI and Docker's provider are programs of Go that run for seconds: they spend less of them on collecting garbage, and take
  // more memory. It is not among the variables, since a shell runs other programs of Go too.
  const GOGC = process.env["GOGC"] ?? "400";
  return {
    toolchain,
    variables,
    env: { ...process.env, GOGC, ...variables, PATH: pathWith([binDir, toolchain.bin]) },
  };
}

function pathWith(first: readonly string[]): string {
  const rest = (process.env["PATH"] ?? "").split(delimiter).filter((dir) => !first.includes(dir));
  return [...first, ...rest].join(delimiter);
}

/** Makes sure of engine, toolchain and the images of some stacks: all that benchmarks need. */
export async function setUpMachine(
  report: Report,
  stacks: readonly string[],
  others: readonly string[] = [],
): Promise<Machine> {
  const images = Promise.all(stacks.map((stack) => forPeople(planOf(stack)))).then(async (plans) => {
    await report.step("engine", ensureEngine);
    await ensureImagesOf(report, plans, others);
  });
  const [machine] = await Promise.all([setUpPulumi(report), images]);
  return machine;
}

/** The servers that probes are tested against, and that no stack of the project has. */
const testImages = ["mariadb:11", "rabbitmq:4", "memcached:1", "nginx:1"];

/** Makes sure of all that the tests need: a machine, and the programs of others that they run. */
export async function setUpTests(report: Report, stacks: readonly string[]): Promise<Machine> {
  const [machine] = await Promise.all([
    setUpMachine(report, stacks, testImages),
    report.step("debian", ensureDebianTools),
  ]);
  return machine;
}

async function ensureImagesOf(
  report: Report,
  plans: readonly LifecyclePlan[],
  others: readonly string[] = [],
): Promise<void> {
  const references = [...new Set([...plans.flatMap(imagesOf), ...others])];
  if (references.length > 0) await report.step("images", (progress) => ensureImages(references, progress));
}

/** Makes sure of all that a stack needs before it comes up. The declaration's own problems come first. */
export async function setUpStack(report: Report, stack: string): Promise<Machine & { plan: LifecyclePlan }> {
  requireConfigured(stack);
  await report.step("types", checkTypes);
  const { plan } = await report.step("declaration", () => forPeople(readDeclaration(stack)));
  const engine = report.step("engine", ensureEngine);
  const images = engine.then(() => ensureImagesOf(report, [plan]));
  const made = Promise.all([setUpPulumi(report), engine]).then(async ([machine]) => {
    const { state, things } = await report.step("stack", async () => {
      const made = await ensureStack(stack, machine.env);
      const things = await engineContents();
      requireOwnStack(plan, made.state, things);
      return { ...made, things };
    });
    await report.step("secrets", async () => {
      await forPeople(requireSecretsKept(plan, state, things));
      return await describeSecrets(plan, state);
    });
    return machine;
  });
  const [machine] = await Promise.all([made, images]);
  return { ...machine, plan };
}

/** @throws PhasegateError with every problem of config, declaration and secrets */
async function readDeclaration(stack: string): Promise<Result & { plan: LifecyclePlan }> {
  const plan = await planOf(stack);
  await requireSecretsSet(plan);
  const [services, phases] = [plan.services, plan.phases].map((record) => Object.keys(record).length);
  return { was: `${plan.name} in ${plan.environment}: ${services} services in ${phases} phases`, plan };
}
