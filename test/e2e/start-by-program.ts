/** A program of its own, run in a trial's folder: brings the stack up by the API, and prints why that failed. */
import { ServiceLifecycleCoordinator } from "phasegate/automation";

const [stack = "dev"] = process.argv.slice(2);
const { failure } = await new ServiceLifecycleCoordinator({ stack }).orchestrateStartup("test");
console.log(failure);
