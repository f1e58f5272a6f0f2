/** What a plain scalar of a YAML file is: a word without quotes. */
export type PlainScalar = { readonly value: string | number | boolean | null } | { readonly problem: string };

const words: Readonly<Record<string, boolean | null>> = {
  "": null,
  "~": null,
  null: null,
  Null: null,
  NULL: null,
  true: true,
  True: true,
  TRUE: true,
  false: false,
  False: false,
  FALSE: false,
};
const infinite = /^(?<sign>[-+]?)\.(?:inf|Inf|INF)$/;
const notANumber = /^\.(?:nan|NaN|NAN)$/;
const integer =
  /^(?<sign>[-+]?)(?:0[bB](?<binary>[01]+)|0[xX](?<hex>[0-9a-fA-F]+)|0[oO]?(?<octal>[0-7]+)|(?<decimal>0|[1-9]\d*))$/;
const fraction = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const date =
  /^\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?[ \t]*(?:Z|[-+]\d\d?(?::?\d\d)?)?)?$/;

/**
 * Reads a plain scalar as compose's own parser does, which is neither YAML 1.1 nor 1.2: `yes` is a text, `0123` is
 * octal, `1_000` is a thousand, and a date is refused. A number that is spelled otherwise where it becomes a text, such
 * as 1e+06, is that text.
 */
export function plainScalar(source: string): PlainScalar {
  if (Object.hasOwn(words, source)) return { value: words[source] ?? null };
  if (date.test(source)) return { problem: "a date is no value of a compose file: put it in quotes" };
  if (!/^[-+.\d]/.test(source)) return { value: source };
  const sign = infinite.exec(source)?.groups?.["sign"];
  if (sign !== undefined) return { value: `${sign === "-" ? "-" : "+"}Inf` };
  if (notANumber.test(source)) return { value: "NaN" };
  const digits = source.replaceAll("_", "");
  const whole = integer.exec(digits)?.groups;
  if (whole !== undefined) return { value: asNumber(integerText(whole)) };
  return { value: fraction.test(digits) ? asNumber(floatText(Number(digits))) : source };
}

function integerText({
  sign,
  binary,
  hex,
  octal,
  decimal,
}: Readonly<Record<string, string | undefined>>): string {
  const size = BigInt(
    decimal ?? (binary !== undefined ? `0b${binary}` : hex !== undefined ? `0x${hex}` : `0o${octal ?? "0"}`),
  );
  // What 64 bits do not hold is read as a fraction.
  if (size >= 2n ** 64n || (sign === "-" && size > 2n ** 63n)) return floatText(Number(`${sign}${size}`));
  return `${sign === "-" && size > 0n ? "-" : ""}${size}`;
}

/** A fraction as Go's strconv writes it in its shortest form: with an exponent from 1e+06 on, and below 1e-04. */
function floatText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  const size = Number(exponent);
  if (size >= -4 && size < 6) return String(value);
  return `${digits}e${size < 0 ? "-" : "+"}${String(Math.abs(size)).padStart(2, "0")}`;
}

/** A number, where a number is written as this text. */
function asNumber(text: string): number | string {
  const value = Number(text);
  return String(value) === text && (!Number.isInteger(value) || Number.isSafeInteger(value)) ? value : text;
}
