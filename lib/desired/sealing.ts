import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from "node:crypto";

/**
 * Texts sealed with a key: who has the sealed bytes and not the key learns nothing but their length, and who changes them
 * is detected. AES-256-GCM (NIST SP 800-38D) with a random 96-bit IV for each seal; at a few seals for each `up`, two with one IV
 * are out of the question (the limit for a key is 2^32).
 */
export interface Seal {
  /** @param subject what the text belongs to: it cannot be opened as another's */
  seal(text: string, subject: string): Uint8Array;
  /** @throws Error whose message holds nothing of the text or the key */
  open(sealed: Uint8Array, subject: string): string;
}

const algorithm = "aes-256-gcm";
const keyBytes = 32;
/** The first byte of what is sealed. Another way to seal is another number. */
const format = 1;
const ivBytes = 12;
const tagBytes = 16;
const headBytes = 1 + ivBytes + tagBytes;

/**
 * @param key 32 bytes in base64 or base64url
 * @throws Error when it is not that
 * @example
 * const { seal, open } = sealWith(key);
 * open(seal("s3cret", "redis"), "redis"); // "s3cret"
 */
export function sealWith(key: string): Seal {
  const bytes = Buffer.from(key, "base64");
  // What Node cannot decode it leaves out: a key with a typing error would be another one.
  if (bytes.length !== keyBytes || !/^[\w+/-]{43}=?$/.test(key))
    throw new Error("the key of the seal is not 32 bytes in base64");
  const secretKey = createSecretKey(bytes);
  return {
    seal: (text, subject) => {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv(algorithm, secretKey, iv, { authTagLength: tagBytes });
      cipher.setAAD(subjectBytes(subject));
      const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([Buffer.of(format), iv, cipher.getAuthTag(), sealed]);
    },
    open: (sealed, subject) => {
      if (sealed.length < headBytes) throw new Error("what is sealed is cut short");
      if (sealed[0] !== format) throw new Error("it is sealed in a way that this coordinator does not know");
      const iv = sealed.subarray(1, 1 + ivBytes);
      const decipher = createDecipheriv(algorithm, secretKey, iv, { authTagLength: tagBytes });
      decipher.setAAD(subjectBytes(subject));
      decipher.setAuthTag(sealed.subarray(1 + ivBytes, headBytes));
      try {
        const text = Buffer.concat([decipher.update(sealed.subarray(headBytes)), decipher.final()]);
        return text.toString("utf8");
      } catch {
        // Another key, another subject and changed bytes look the same.
        throw new Error("the key of the seal does not open it");
      }
    },
  };
}

function subjectBytes(subject: string): Buffer {
  return Buffer.from(`phasegate ${format} ${subject}`);
}
