/** A program of its own, run in a trial's folder: does with a stack what the API offers, and prints the results as JSON. */
import { ServiceLifecycleCoordinator } from "phasegate/automation";

const [stack = "dev"] = process.argv.slice(2);
const lifecycle = new ServiceLifecycleCoordinator({ stack });
console.log(
  JSON.stringify({
    startup: await lifecycle.orchestrateStartup("test"),
    validation: await lifecycle.validateServiceReadiness("redis", "basic"),
    response: await lifecycle.handleServiceFailure("auth", "exited"),
    well: await lifecycle.handleServiceFailure("redis", "unhealthy"),
  }),
);
