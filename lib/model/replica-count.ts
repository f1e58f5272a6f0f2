import { wholeNumber } from "../core/schema-parts.ts";

/** The most instances that a service may have. */
export const mostReplicas = 100;

export const replicaCountSchema = wholeNumber(1, mostReplicas);
