/** TLS as a client speaks it: what a probe verifies, and what it shows of itself. */
import { z } from "zod";
import { exactObject, textThat } from "../core/schema-parts.ts";
import type { ProjectFile } from "./project-file.ts";
import type { SecretRef, Text } from "./text.ts";
import { secretRefSchema } from "./text.ts";

/** A certificate, or several, in PEM: a file of the project, a secret, or the text itself. */
export type Certificates = ProjectFile | SecretRef | string;

/** How a server is spoken to in TLS. */
export interface Tls {
  /** The authorities whose certificates are accepted, in PEM. Default: those that Node.js comes with. */
  readonly ca?: Certificates;
  /** The name that the server's certificate must be for, and that the server is asked under. Default: the host that is asked. */
  readonly serverName?: string;
  /** The certificate that the client shows, in PEM, with those in between up to its authority. Default: none. */
  readonly certificate?: Certificates;
  /** The private key of `certificate`, in PEM and not encrypted. */
  readonly key?: SecretRef;
  /**
   * Accepts every certificate, whoever shows it: whoever answers on the address passes for the service. A review calls it weaker, and
   * every `up` warns of it. Default false.
   */
  readonly insecure?: boolean;
}

const serverNameSchema = textThat(
  (name) => /^[A-Za-z0-9_*]([A-Za-z0-9_.-]{0,252})$/.test(name),
  'the name in a certificate, such as "api.internal"',
);

const isPem = (text: string) => text.includes("-----BEGIN CERTIFICATE-----") && !text.includes("PRIVATE KEY");

/** Accepts certificates in a plan: their text, or the secret that holds it. What could not be read of a file stands here still. */
const certificatesSchema = z.custom<Text>(
  (given) => (typeof given === "string" ? isPem(given) : z.tuple([secretRefSchema]).safeParse(given).success),
  {
    error: ({ input }) =>
      isUnread(input)
        ? `${input.file} cannot be read: ${input.problem}`
        : 'must be certificates in PEM, without a private key: projectFile("ops/ca.pem"), secret("ca"), or a text with "-----BEGIN CERTIFICATE-----"',
  },
);
const keySchema = z.custom<Text>((given) => z.tuple([secretRefSchema]).safeParse(given).success, {
  error: 'must be secret("clientKey")',
});

function isUnread(input: unknown): input is Required<Pick<ProjectFile, "file" | "problem">> {
  return typeof input === "object" && input !== null && "problem" in input;
}

/** TLS in a plan, and in a probe as it is declared. */
export const tlsSchema = exactObject(
  {
    ca: certificatesSchema.optional(),
    serverName: serverNameSchema.optional(),
    certificate: certificatesSchema.optional(),
    key: keySchema.optional(),
    insecure: z.literal(true, { error: "must be true, or be left out" }).optional(),
  },
  'must be true, or an object such as { ca: projectFile("ops/ca.pem") }',
).superRefine(({ ca, serverName, certificate, key, insecure }, context) => {
  const report = (at: string, message: string) => context.addIssue({ code: "custom", path: [at], message });
  if (insecure && ca !== undefined)
    report("ca", "means nothing beside insecure: true, which verifies nothing");
  if (insecure && serverName?.includes("*")) report("serverName", "must be one name");
  if ((certificate === undefined) !== (key === undefined))
    report(certificate === undefined ? "certificate" : "key", "certificate and key are given together");
});

/** TLS in a plan: how a server is spoken to. */
export type TlsPlan = z.infer<typeof tlsSchema>;

/** What a plan says of TLS as it is declared. Anything else is left as it is, to be reported. */
export function tlsOf(declared: true | Tls): TlsPlan {
  if (declared === true) return {};
  const given: unknown = declared;
  if (typeof given !== "object" || given === null || Array.isArray(given)) return given as TlsPlan;
  const { ca, certificate, key, insecure, ...others } = declared;
  return {
    ...others,
    ...(ca !== undefined && { ca: certificatesOf(ca) }),
    ...(certificate !== undefined && { certificate: certificatesOf(certificate) }),
    ...(key !== undefined && { key: [withoutMaking(key)] }),
    // False is the default, and a plan has no defaults of this kind.
    ...(insecure !== undefined && (insecure as unknown) !== false && { insecure: insecure as true }),
  };
}

function certificatesOf(given: Certificates): Text {
  if (typeof given !== "object" || given === null) return given;
  if ("secret" in given) return [withoutMaking(given)];
  return ("text" in given ? given.text : undefined) ?? (given as unknown as string);
}

/** Nobody can make up a certificate, or a key that fits one. */
function withoutMaking(given: SecretRef): SecretRef {
  return typeof given === "object" && given !== null && "secret" in given ? { secret: given.secret } : given;
}

/** The texts of TLS in which secrets may be named. */
export function tlsTexts(tls: TlsPlan | undefined): readonly Text[] {
  return [tls?.ca, tls?.certificate, tls?.key].filter((text) => text !== undefined);
}

/** Accepts TLS as a service declares it. */
export const declaredTlsSchema = z.preprocess((given) => tlsOf(given as Tls), tlsSchema);
