/** An external service has no container. What stands for its id is made from its name, and no engine gives such an id. */
const prefix = "external:";

export function externalWorkload(service: string): string {
  return `${prefix}${service}`;
}

export function isExternalWorkload(workload: string): boolean {
  return workload.startsWith(prefix);
}
