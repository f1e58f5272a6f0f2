import type { KeyObject } from "node:crypto";
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { isIPv4 } from "node:net";

/** A certificate, its private key, and the certificate's text. */
export interface Certified {
  readonly certificate: string;
  readonly key: string;
}

/** An authority of a test's own. */
export interface Authority {
  readonly certificate: string;
  /** A certificate for these names and addresses. */
  issue(
    names: readonly string[],
    options?: { readonly notBefore?: Date; readonly notAfter?: Date },
  ): Certified;
}

const hourMs = 3_600_000;
const day = 24 * hourMs;

/** Makes an authority with its own key; what it issues is valid for a day unless said otherwise. */
export function authority(name = "Test authority"): Authority {
  const own = keys();
  const certificate = certificateOf({
    subject: name,
    issuer: name,
    key: own.publicKey,
    signer: own.privateKey,
    names: [],
    ca: true,
  });
  return {
    certificate,
    issue: (names, dates = {}) => {
      const { publicKey, privateKey } = keys();
      const subject = names[0] ?? "nobody";
      return {
        certificate: certificateOf({
          subject,
          issuer: name,
          key: publicKey,
          signer: own.privateKey,
          names,
          ca: false,
          ...dates,
        }),
        key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      };
    },
  };
}

/** A certificate that nobody else has signed. */
export function selfSigned(name: string): Certified {
  const { publicKey, privateKey } = keys();
  return {
    certificate: certificateOf({
      subject: name,
      issuer: name,
      key: publicKey,
      signer: privateKey,
      names: [name],
      ca: false,
    }),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function keys() {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

interface Request {
  readonly subject: string;
  readonly issuer: string;
  readonly key: KeyObject;
  readonly signer: KeyObject;
  readonly names: readonly string[];
  readonly ca: boolean;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** A certificate of version 3 in PEM, as RFC 5280 describes it, signed with ECDSA and SHA-256. */
function certificateOf({ subject, issuer, key, signer, names, ca, ...dates }: Request): string {
  const now = Date.now();
  const { notBefore = new Date(now - hourMs), notAfter = new Date(now + day) } = dates;
  const algorithm = sequence(oid("2a8648ce3d040302"));
  const extensions = [
    extension("551d13", sequence(...(ca ? [der(0x01, Buffer.from([0xff]))] : [])), true),
    ...(names.length === 0 ? [] : [extension("551d11", sequence(...names.map(alternative)), false)]),
  ];
  const signed = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    nameOf(issuer),
    sequence(time(notBefore), time(notAfter)),
    nameOf(subject),
    key.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const bytes = sequence(signed, algorithm, bits(sign("sha256", signed, signer)));
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]) => der(0x30, Buffer.concat(parts));
const oid = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
const integer = (bytes: Buffer) => der(0x02, bytes);
const bits = (bytes: Buffer) => der(0x03, Buffer.concat([Buffer.from([0]), bytes]));
const time = (moment: Date) =>
  der(0x18, Buffer.from(`${moment.toISOString().slice(0, 19).replaceAll(/[-:T]/g, "")}Z`));
const nameOf = (text: string) => sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(text)))));
const alternative = (name: string) =>
  isIPv4(name) ? der(0x87, Buffer.from(name.split(".").map(Number))) : der(0x82, Buffer.from(name));

function extension(id: string, value: Buffer, critical: boolean): Buffer {
  return sequence(oid(id), ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value));
}
