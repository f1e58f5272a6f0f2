/** The operations of all of phasegate's dynamic resources. */
import "../providers/generated-secret.ts";
import "../providers/phase-edges.ts";
import "../providers/phase-gate.ts";
import "../providers/prepared-image.ts";
import "../providers/service-readiness.ts";
import "../providers/stack-containers.ts";
import "../providers/stack-network.ts";
import "../providers/stack-ports.ts";
import "../providers/telemetry.ts";
