/** How others reach a service. */
import { isUrlOf } from "./check-declaration.ts";
import { checked } from "./checked.ts";
import type { PassThrough } from "./container/environment.ts";
import type { StackDeclaration } from "./declaration.ts";
import type { Endpoint } from "./endpoint.ts";
import { endpointUrl } from "./endpoint.ts";
import type { EnvValue, UrlOf } from "./service.ts";
import type { Text } from "./text.ts";
import { workloadOf } from "./workload.ts";

/** How clients reach a service, with its account; undefined where it has no port. */
export function endpointOf(declaration: StackDeclaration, name: string): Endpoint | undefined {
  const service = checked(declaration.services, name);
  const { endpoint } = workloadOf(service);
  return endpoint && { ...endpoint, host: service.external ? (service.host ?? name) : name };
}

/** The endpoint at the port that a URL names: as the service's own, with its account, where it has one. */
function portEndpoint(declaration: StackDeclaration, { urlOf: name, port }: UrlOf): Endpoint | undefined {
  const named = port === undefined ? undefined : checked(declaration.services, name).ports?.[port];
  if (named === undefined) return undefined;
  const endpoint = named.protocol === "udp" ? undefined : endpointOf(declaration, name);
  const { protocol = "tcp" } = named;
  return { ...(endpoint ?? { protocol, host: name }), port: named.container };
}

/** The value of a variable, with the URLs that it names. */
export function envText(declaration: StackDeclaration, value: Exclude<EnvValue, PassThrough>): Text {
  if (typeof value === "string") return value;
  if (!isUrlOf(value)) return [value];
  const endpoint = portEndpoint(declaration, value) ?? endpointOf(declaration, value.urlOf);
  if (endpoint === undefined) throw new Error(`urlOf("${value.urlOf}") was not checked`);
  return endpointUrl(endpoint, value);
}
