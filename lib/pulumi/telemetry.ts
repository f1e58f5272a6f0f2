import type * as pulumi from "@pulumi/pulumi";
import { coordinatorName } from "../model/coordinator-process.ts";
import { engineName } from "../model/plan.ts";
import { secretsOfTelemetry } from "../model/telemetry.ts";
import type { Deployment } from "./deployment.ts";
import { secretsNamed } from "./secrets.ts";
import { providedType, ProvidedResource } from "./provided-resource.ts";
import type * as operations from "./providers/telemetry.ts";

const type = providedType<typeof operations>("Telemetry", "telemetry", [
  "create",
  "update",
  "diff",
  "remove",
]);

/** Who is alerted, what is offered to Prometheus and where traces go: as typed properties, for reviewers. */
export class StackTelemetry extends ProvidedResource {
  constructor(
    { plan, coordinator, host, secrets }: Pick<Deployment, "plan" | "coordinator" | "host" | "secrets">,
    opts: pulumi.CustomResourceOptions,
  ) {
    const { name: declaration, environment, alerting, metrics, tracing } = plan;
    super(
      type,
      "telemetry",
      {
        coordinator: coordinator.container,
        host,
        coordinatorName: engineName(plan, coordinatorName),
        ...{ declaration, environment, alerting, metrics, tracing },
        secrets: secretsNamed(secretsOfTelemetry(plan), secrets),
      },
      opts,
    );
  }
}
