import * as pulumi from "@pulumi/pulumi";
import { coordinatorName } from "../model/check-declaration.ts";
import { engineName } from "../model/plan.ts";
import { secretsOfTelemetry } from "../model/telemetry.ts";
import type { Deployment } from "./deployment.ts";
import { rowOf } from "./row.ts";
import { secretsNamed } from "./secrets.ts";

// See service-readiness.ts for why this is so small. What is no longer declared has to be taken back.
const provider: pulumi.dynamic.ResourceProvider = {
  create: async (inputs) => (await import("phasegate/providers/telemetry")).create(inputs),
  update: async (id, olds, news) => (await import("phasegate/providers/telemetry")).update(id, olds, news),
  diff: async (id, olds, news) => (await import("phasegate/providers/telemetry")).diff(id, olds, news),
  delete: async (id, inputs) => (await import("phasegate/providers/telemetry")).remove(id, inputs),
};

const type = "pulumi-nodejs:dynamic/phasegate:Telemetry";

/** Who is alerted, what is offered to Prometheus and where traces go: as typed properties, for reviewers. */
export class StackTelemetry extends pulumi.dynamic.Resource {
  constructor(
    { plan, coordinator, host, secrets }: Pick<Deployment, "plan" | "coordinator" | "host" | "secrets">,
    opts: pulumi.CustomResourceOptions,
  ) {
    const { name: declaration, environment, alerting, metrics, tracing } = plan;
    super(
      provider,
      "telemetry",
      {
        ...{ row: rowOf("telemetry", type, opts.parent), coordinator: coordinator.container, host },
        coordinatorName: engineName(plan, coordinatorName),
        ...{ declaration, environment, alerting, metrics, tracing },
        secrets: secretsNamed(secretsOfTelemetry(plan), secrets),
      },
      opts,
      "phasegate",
      "Telemetry",
    );
  }
}
