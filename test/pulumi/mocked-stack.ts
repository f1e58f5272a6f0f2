/**
 * A program of its own, forked with the name of a stack, and other parts of its plan: deploys a stack's plan against Pulumi's mocks
 * and sends its parent the resources in the order in which they were registered. Pulumi serialises the dynamic
 * providers with Node's inspector, which a test runner's transformed code does not survive.
 */
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb.js";
import { getMonitor } from "@pulumi/pulumi/runtime/settings.js";
import { readStackPlan } from "../../lib/project/stack-plan.ts";
import type { LifecyclePlan } from "../../lib/model/plan.ts";
import { Stack } from "../../lib/pulumi/stack.ts";
import { gateType, type Registered } from "./registered.ts";

type Register = (
  request: RegisterResourceRequest,
  callback: (error: Error | undefined, response: RegisterResourceResponse) => void,
) => void;

/**
 * Deploys a plan against Pulumi's mocks. A gate takes a while to open, so that what does not wait for it is seen.
 * The mocks do not tell what a resource depends on: that is read from the requests on their way.
 */
async function deployMocked(plan: LifecyclePlan): Promise<readonly Registered[]> {
  const resources: Registered[] = [];
  let moment = 0;
  const newResource = async ({ type, name, inputs }: pulumi.runtime.MockResourceArgs) => {
    await new Promise((resolve) => setTimeout(resolve, type === gateType ? 50 : 1));
    const outputs = {
      reference: `${name}:1`,
      source: "registry",
      specHash: `${name}-specHash`,
      ready: {},
      value: `value-of-${name}`,
    };
    return { id: `${name}-id`, state: { ...(inputs as object), ...outputs } };
  };
  await pulumi.runtime.setMocks(
    { newResource, call: ({ inputs }) => inputs as Record<string, unknown> },
    "phasegate",
    plan.stack,
    false,
  );

  const monitor = getMonitor() as unknown as { registerResource: Register };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    const began = moment++;
    register(request, (error, response) => {
      if (error === undefined || error === null) {
        resources.push({
          type: request.getType(),
          name: request.getName(),
          urn: response.getUrn(),
          deleteBeforeReplace: request.getDeletebeforereplace(),
          replaceOnChanges: request.getReplaceonchangesList(),
          aliases: [
            ...request.getAliasurnsList(),
            ...request.getAliasesList().map((alias) => alias.getUrn()),
          ],
          inputs: request.getObject()?.toJavaScript() ?? {},
          dependencies: request.getDependenciesList(),
          began,
          ended: moment++,
        });
      }
      callback(error, response);
    });
  };

  const secrets = Object.fromEntries(
    Object.keys(plan.secrets).map((name) => [name, pulumi.secret(`value-of-${name}`)]),
  );
  const stack = new Stack({ plan, secrets });
  await new Promise((resolve) => stack.ready.apply(resolve));
  return resources;
}

const [stackName = "dev", json = "{}"] = process.argv.slice(2);
const declared = await readStackPlan(process.cwd(), stackName);
const other = JSON.parse(json) as Partial<LifecyclePlan>;
const secrets = { ...declared.secrets, ...other.secrets };
process.send?.(await deployMocked({ ...declared, ...other, secrets }));
process.disconnect?.();
