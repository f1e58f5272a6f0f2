import { z } from "zod";
import { exactObject } from "../../core/schema-parts.ts";
import type { Protocol } from "../endpoint.ts";
import type { Text } from "../text.ts";
import type { TlsPlan } from "../tls.ts";
import type { Common, ProbeOptions } from "./options.ts";
import { commonProbeSchemas } from "./options.ts";

/** An address that is asked. */
interface Address {
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsPlan | undefined;
}

/** What is known of a probe kind besides how it is run. `P` is a probe of the kind, as a plan holds it. */
export interface KindFacts<P> {
  /** The protocol of the service that it speaks, with the service's own account or port. Default: none of them. */
  readonly speaks?: Protocol;
  /**
   * It asks what keeps data, or mail: what that answers wrongly, no restart mends. Default: what speaks the protocol of a service does,
   * but for HTTP.
   */
  readonly asksStore?: true;
  /** It looks at the service's container, and not over the network: it cannot run from anywhere. Default: it does not. */
  readonly looksAtContainer?: true;
  /**
   * Where it asks, and whether in TLS, where that need not be the service's own address. Default, for what speaks a protocol: the
   * service's endpoint. Without a protocol the service's port is 0.
   */
  readonly at?: (probe: P, service: Address) => Address;
  /** Who it is that has not answered when the time is over. Default: the address of the service. */
  readonly party?: (probe: P, host: string) => string;
  /** What no schema can say of one option: which of them go together. Takes the option, and what is wrong with it. Default: nothing. */
  readonly check?: (probe: P, report: (option: string, message: string) => void) => void;
  /** The texts in which secrets may be named. Default: none. */
  readonly texts?: (probe: P) => readonly Text[];
  /** What it asks, in a few words that can stand for it in a sentence: "GET /health", "the query SELECT 1". */
  readonly describe: (probe: P) => string;
}

/**
 * Makes a probe kind.
 * @param shape what a probe of this kind says in a plan besides its kind and what all say. Whatever is optional there may be
 *   absent in a plan; all else that a declaration may leave out is filled in by the function that makes the probe
 */
export function probeKind<
  const Name extends string,
  const Shape extends z.core.$ZodShape,
  const Facts extends KindFacts<z.infer<SchemaOf<Name, Shape>>>,
>(name: Name, shape: Shape, facts: Facts) {
  const schema = exactObject({ kind: z.literal(name), ...commonProbeSchemas, ...shape });
  return { name, schema, ...facts } as unknown as {
    readonly name: Name;
    readonly schema: SchemaOf<Name, Shape>;
  } & Facts;
}

type SchemaOf<Name extends string, Shape extends z.core.$ZodShape> = z.ZodObject<
  { kind: z.ZodLiteral<Name> } & typeof commonProbeSchemas & Shape,
  z.core.$strict
>;

type Said<K extends { readonly schema: z.ZodType }> = Omit<z.infer<K["schema"]>, keyof Common> & ProbeOptions;

/**
 * A probe as declared, of one kind. Each kind extends it by an interface of its own, for its name: the editor shows that, and not
 * what it is made of.
 */
export type DeclaredAs<K extends { readonly schema: z.ZodType }> = {
  readonly [Key in keyof Said<K>]: Said<K>[Key];
};
