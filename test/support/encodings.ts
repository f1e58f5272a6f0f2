import { encodeHTML, encodeXML } from "entities";

/** A way in which servers and their libraries write a text down inside another. */
export type Encoding = (text: string) => string;

const utf8 = (text: string) => Buffer.from(text);
const perCodePoint = (write: (code: number) => string) => (text: string) =>
  [...text].map((character) => write(character.codePointAt(0) ?? 0)).join("");
const perUnit = (write: (unit: number) => string) => (text: string) =>
  Array.from({ length: text.length }, (_, i) => write(text.charCodeAt(i))).join("");
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");
const inJson = (text: string) => JSON.stringify(text).slice(1, -1);

/** The encodings that a redactor reads. */
export const encodings: Readonly<Record<string, Encoding>> = {
  "percent-encoded": encodeURIComponent,
  "percent-encoded in lower case": (text) =>
    encodeURIComponent(text).replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
  "percent-encoded, each byte": (text) => [...utf8(text)].map((byte) => `%${hex(byte, 2)}`).join(""),
  "form-encoded": (text) => new URLSearchParams({ "": text }).toString().slice(1),
  "escaped as in JSON": inJson,
  "escaped as in JSON within JSON": (text) => inJson(inJson(text)),
  "escaped as in JSON, in ASCII alone": (text) =>
    inJson(text).replaceAll(/[^ -~]/g, (unit) => `\\u${hex(unit.charCodeAt(0), 4)}`),
  "escaped as in JSON, each unit": perUnit((unit) => String.raw`\u${hex(unit, 4).toUpperCase()}`),
  "as numeric HTML entities": perCodePoint((code) => `&#${code};`),
  "as hexadecimal HTML entities": perCodePoint((code) => `&#x${hex(code, 1)};`),
  "as named HTML entities": encodeHTML,
  "as XML": encodeXML,
  "in base64": (text) => utf8(text).toString("base64"),
  "in base64url": (text) => utf8(text).toString("base64url"),
  "in hexadecimal digits": (text) => utf8(text).toString("hex"),
  "in upper-case hexadecimal digits": (text) => utf8(text).toString("hex").toUpperCase(),
  "as a user's credential in base64": (text) => utf8(`netra:${text}`).toString("base64"),
  "behind one byte in base64": (text) => utf8(`x${text} and more`).toString("base64"),
  "behind two bytes in base64url": (text) => utf8(`xy${text}.`).toString("base64url"),
};
