import { describe, expect, test } from "vitest";
import { parseProfile } from "phasegate";

describe("a profile with problems", () => {
  test("reports all problems together, each with its path", () => {
    expect(() =>
      parseProfile("dev", {
        declaration: "shop",
        environment: "dev",
        startupTimeoutMultiplier: "fast",
        healthCheckInterval: "30",
        validationLevel: "deep",
        portBase: 80,
        images: {},
        colour: 1,
      }),
    ).toThrow(
      expect.objectContaining({
        code: "PHASEGATE_CONFIG_INVALID",
        message: [
          "the config of stack dev (Pulumi.dev.yaml) has problems:",
          '  - phasegate:environment: there is no "dev"; there are development, test, staging, production',
          '  - phasegate:startupTimeoutMultiplier: must be a number above 0 and at most 100, such as "1.5", and is a text',
          '  - phasegate:healthCheckInterval: "30" is not a duration such as "500ms", "15s" or "3m"',
          '  - phasegate:validationLevel: there is no "deep"; there are basic, comprehensive, productionSimulation, production',
          "  - phasegate:portBase: must be a whole number from 1024 to 64535: the first of 1000 ports, and is 80",
          "  - phasegate:colour: is not known here; there are declaration, environment, startupTimeoutMultiplier, healthCheckInterval, validationLevel, portBase, otlpEndpoint, requireDigests, images, replicas, external",
        ].join("\n"),
      }),
    );
  });
});
