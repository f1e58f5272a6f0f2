/** The name that the stack's own container takes. */
export const coordinatorName = "coordinator";

/**
 * How Node.js runs a coordinator. V8's young generation grows with what a start of many services allocates, and is not given back:
 * kept small, it saves more than 50 MiB with a thousand services, and costs no processor time that could be measured.
 */
export const coordinatorNodeOptions = "--max-semi-space-size=2";
