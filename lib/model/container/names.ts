/** The names that a container is reached by, and those that it knows. */
import { isIP } from "node:net";
import { z } from "zod";
import { mapValues } from "../../core/record.ts";
import { exactObject, textThat } from "../../core/schema-parts.ts";

/** How a container finds names besides those of its networks. */
export interface Dns {
  /** Addresses of name servers. The engine asks them for what it does not know itself. */
  readonly servers?: readonly string[];
  /** Domains in which a short name is looked for. */
  readonly search?: readonly string[];
  /** Options of the resolver, as in resolv.conf(5): "ndots:2". */
  readonly options?: readonly string[];
}

/** The names that a container is reached by, and those that it knows. A change of any of these replaces the container. */
export interface NameOptions {
  /** Names besides the service's own that others on its networks reach it by: "feed_api". Default: none. */
  readonly aliases?: readonly string[];
  /** Addresses of names that it knows, besides the other services': `{ "host.docker.internal": "host-gateway" }`. */
  readonly extraHosts?: Readonly<Record<string, string>>;
  /** Default: the engine's. */
  readonly dns?: Dns;
}

const name = /^[a-zA-Z0-9_](?:[a-zA-Z0-9_.-]{0,251}[a-zA-Z0-9_])?$/;
const nameSchema = textThat((text) => name.test(text), 'a name of a machine such as "feed_api"');
const addressSchema = textThat((text) => isIP(text) > 0, 'an address such as "10.0.0.2"');
const addresses = "must be an object of addresses";

/** Accepts what a service says of names. */
export const declaredNameSchemas = {
  aliases: z.array(nameSchema, { error: 'must be a list of names such as ["feed_api"]' }).optional(),
  extraHosts: z
    .record(
      z.string().regex(name, { error: 'a host is a name such as "db.example"' }),
      textThat(
        (text) => text === "host-gateway" || isIP(text) > 0,
        'an address such as "10.0.0.2", or "host-gateway"',
      ),
      { error: addresses },
    )
    .optional(),
  dns: exactObject(
    {
      servers: z.array(addressSchema).min(1).optional(),
      search: z.array(nameSchema).min(1).optional(),
      options: z
        .array(textThat((text) => /^\S+$/.test(text), 'an option such as "ndots:2"'))
        .min(1)
        .optional(),
    },
    'must be an object such as { servers: ["10.0.0.2"] }',
  ).optional(),
};

const texts = z.array(z.string()).min(1).optional();

/** What is planned of names. */
export const namePlanSchemas = {
  aliases: z.array(z.string()).min(1).optional(),
  extraHosts: z.record(z.string(), z.string()).optional(),
  dns: z.strictObject({ servers: texts, search: texts, options: texts }).optional(),
};

/** Reports aliases by which more than one container would be reached: which of them answers is chance. */
export function checkAliases(
  services: Readonly<Record<string, NameOptions>>,
  taken: string,
  report: (path: readonly PropertyKey[], message: string) => void,
): void {
  const holders = new Map<string, string>();
  for (const [service, { aliases = [] }] of Object.entries(services))
    aliases.forEach((alias, i) => {
      const at = ["services", service, "aliases", i];
      const holder = holders.get(alias);
      if (alias === taken) report(at, `is the name of the stack's own ${taken}`);
      else if (Object.hasOwn(services, alias)) report(at, `"${alias}" is the name of a service`);
      else if (holder !== undefined) report(at, `"${alias}" is an alias of ${holder} already`);
      holders.set(alias, service);
    });
}

export function resolveNames({ aliases = [], extraHosts, dns = {} }: NameOptions) {
  return {
    ...(aliases.length > 0 && { aliases: [...aliases] }),
    ...(extraHosts && { extraHosts: { ...extraHosts } }),
    ...(Object.keys(dns).length > 0 && {
      dns: mapValues(dns as Record<string, readonly string[]>, (texts) => [...texts]),
    }),
  };
}
