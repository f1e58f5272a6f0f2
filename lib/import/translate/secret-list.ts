import { camelCase } from "../../core/camel-case.ts";
import { free } from "./names.ts";
import { hiddenVariable, hidesSomething } from "../read/hidden.ts";
import { holdsCredential } from "../../model/looks-secret.ts";
import { holdsAccount } from "./url.ts";

/** A secret that must be set before the stack can be started. */
export interface NeededSecret {
  /** Its name in the declaration: `secret("postgresPassword")`. */
  readonly name: string;
  /** Where its value is now. */
  readonly from: string;
}

/** The secrets of a declaration. What is the same secret in the compose file is one here. */
export interface SecretList {
  /** Makes a value known for a secret, so that it is found wherever it stands. */
  know(value: string): void;
  /**
   * A value of the compose file.
   * @param names what to call it, the best first; the last is free in any case
   */
  value(value: string, names: readonly string[], place: string): string;
  /** A secret of the compose file's own, by its name there. */
  file(name: string, place: string): string;
  /** Whether a text, or a command's words, hold a secret, whole or in part, as far as can be recognised. */
  isIn(text: string | readonly string[]): boolean;
  needed(): readonly NeededSecret[];
}

/** Shorter ones are found in too many texts that have nothing to do with them. */
const shortestSearched = 6;

/** @param publicWords texts that stand everywhere, and may be somebody's password as well: names of services and accounts */
export function secretList(publicWords: ReadonlySet<string>): SecretList {
  const byOrigin = new Map<string, NeededSecret>();
  const values = new Set<string>();

  const take = (origin: string, names: readonly string[], from: string): string => {
    const known = byOrigin.get(origin);
    if (known !== undefined) return known.name;
    const isTaken = (name: string) => [...byOrigin.values()].some((other) => other.name === name);
    const wanted = names.map(camelCase);
    const name = wanted.find((candidate) => !isTaken(candidate)) ?? free(wanted.at(-1) ?? "secret", isTaken);
    byOrigin.set(origin, { name, from });
    return name;
  };

  const know = (value: string): void => {
    if (!hidesSomething(value)) values.add(value);
  };

  return {
    know,
    value(value, names, place) {
      const variable = hiddenVariable(value);
      if (variable !== undefined) return take(`variable ${variable}`, [variable], `the variable ${variable}`);
      know(value);
      return take(`value ${value}`, names, place);
    },
    file: (name, place) => take(`file ${name}`, [name], place),
    isIn(given) {
      const text = typeof given === "string" ? given : given.join(" ");
      if (hidesSomething(text) || holdsAccount(text) || holdsCredential(text)) return true;
      return [...values].some(
        (value) => value.length >= shortestSearched && !publicWords.has(value) && text.includes(value),
      );
    },
    needed: () => [...byOrigin.values()],
  };
}
