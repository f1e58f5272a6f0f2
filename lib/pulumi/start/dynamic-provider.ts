/**
 * Pulumi's own provider of dynamic resources, in a process that has loaded phasegate's operations when it is first asked for one.
 * It is started while the program loads, so that nobody waits for them.
 */
import { flushCompileCache } from "node:module";
import "../providers/generated-secret.ts";
import "../providers/phase-edges.ts";
import "../providers/phase-gate.ts";
import "../providers/prepared-image.ts";
import "../providers/service-readiness.ts";
import "../providers/stack-containers.ts";
import "../providers/stack-network.ts";
import "../providers/stack-ports.ts";
import "../providers/telemetry.ts";
import "@pulumi/pulumi/cmd/dynamic-provider/index.js";

// Pulumi ends the process by a signal, at which Node.js would keep nothing of what it has compiled.
flushCompileCache();
