import type { Alerting, AlertingPlan, Sink, SinkPlan } from "./alerting.ts";
import { alertingDefaults } from "./alerting.ts";
import type { StackDeclaration } from "./declaration.ts";
import type { Profile } from "./profile.ts";
import type { MetricsPlan, TracingPlan } from "./telemetry.ts";
import { metricsPort, watchersSecrets } from "./telemetry.ts";
import type { SecretRef, Text } from "./text.ts";

/** What leaves a stack for those who watch it: alerts, metrics and traces. Each is absent where nothing is said of it. */
export interface TelemetryPlan {
  readonly alerting?: AlertingPlan;
  readonly metrics?: MetricsPlan;
  readonly tracing?: TracingPlan;
}

/** What a declaration and an environment say of it. */
export function resolveTelemetry(
  { alerting, metrics }: StackDeclaration,
  { environment, portBase, otlpEndpoint }: Profile,
): TelemetryPlan {
  const { sinks: _sinks, ...policy } = alerting ?? {};
  const own = sinksIn(alerting, environment);
  const published = metrics?.publish !== undefined && {
    published: { ip: "127.0.0.1", port: portBase + metrics.publish, containerPort: metricsPort },
  };
  return {
    ...(alerting && {
      alerting: {
        ...alertingDefaults,
        ...policy,
        sinks: Object.fromEntries(own.map((sink) => [sink.name ?? sink.kind, resolveSink(sink)])),
      },
    }),
    ...(metrics && { metrics: { ...(metrics.token && { token: named(metrics.token) }), ...published } }),
    ...(otlpEndpoint !== "" && { tracing: { endpoint: otlpEndpoint } }),
  };
}

function resolveSink(sink: Sink): SinkPlan {
  const url = isSecret(sink.url) ? [sink.url] : sink.url;
  switch (sink.kind) {
    case "alertmanager":
      return { kind: sink.kind, url, ...(sink.token && { token: named(sink.token) }) };
    case "webhook":
      return { kind: sink.kind, url, signingKey: named(sink.signingKey) };
    case "slack":
      return { kind: sink.kind, url };
  }
}

function named({ secret }: SecretRef): { secret: string } {
  return { secret };
}

function isSecret(url: Text | SecretRef): url is SecretRef {
  return typeof url === "object" && "secret" in url;
}

/** The secrets that alerts and metrics need in an environment, as they are declared. */
export function telemetrySecrets(
  { alerting, metrics }: StackDeclaration,
  { environment }: Pick<Profile, "environment">,
): SecretRef[] {
  return watchersSecrets(sinksIn(alerting, environment), metrics);
}

function sinksIn(alerting: Alerting | undefined, environment: Profile["environment"]): readonly Sink[] {
  return (alerting?.sinks ?? []).filter(({ environments }) => environments?.includes(environment) ?? true);
}
