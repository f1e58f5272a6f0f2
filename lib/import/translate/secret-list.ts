import { camelCase } from "../../core/camel-case.ts";
import { holdsCredential, looksSecret, mayBeSecret } from "../../model/looks-secret.ts";
import type { ReadService } from "../read/read-project.ts";
import { isTainted, originOf, plain } from "../read/taint.ts";
import { free } from "./names.ts";
import { decoded, holdsAccount } from "./url.ts";

/** A secret that must be set before the stack can be started. */
export interface NeededSecret {
  /** Its name in the declaration: `secret("postgresPassword")`. */
  readonly name: string;
  /** Where its value is now. */
  readonly from: string;
}

/** What makes a secret the one that it is, and what to call it. */
interface Origin {
  readonly key: string;
  /** The best name first; the last is free in any case. */
  readonly names: readonly string[];
  readonly from: string;
}

/**
 * The secrets of a declaration. Two places hold the same one where they have it from the same variable, where a
 * service has it of one that it reaches, or where variables of one name have one value: not where two texts are equal.
 */
export interface SecretList {
  /** The secret that a variable of a service is, or has in it. */
  variable(service: string, variable: string, text: string): string;
  /** The password that a service wants of its clients. Absent: it has none, and gets one. */
  password(service: string, text: string | undefined, from: string): string;
  /** The password of a server's own root, which its clients do not use. */
  rootPassword(service: string, text: string, from: string): string;
  /** A secret of the compose file's own, by its name there. */
  file(name: string, place: string): string;
  /** Whether a text, or a command's words, hold a secret, whole or in part, as far as can be recognised. */
  isIn(text: string | readonly string[]): boolean;
  /** Whether a text has a word in it that is somebody's password, but an ordinary word as well. */
  sharesWord(text: string | readonly string[]): boolean;
  needed(): readonly NeededSecret[];
}

/** Shorter ones are found in too many texts that have nothing to do with them. */
const shortestSearched = 6;
const ordinary =
  /^(?:[a-z]{1,12}|.*(?:change|replace|insert|fill|set|put|edit)[-_ ]?(?:me|this|it|in|here)\b.*|your[-_ ].*|.*(?:example|placeholder|dummy).*|x+|(?:my|the|a|test|dev|local|default|super)?[-_ ]?(?:password|secret|passwd|key|token|admin|root))$/i;

/**
 * @param publicWords texts that stand everywhere, and may be somebody's password as well: names of services and accounts
 * @param known values of secrets that are in no variable of a service
 * @param reached for each service those that it calls or waits for
 */
export function secretList(
  services: readonly ReadService[],
  {
    publicWords,
    known,
    reached,
  }: {
    readonly publicWords: ReadonlySet<string>;
    readonly known: readonly string[];
    readonly reached: ReadonlyMap<string, ReadonlySet<string>>;
  },
): SecretList {
  const byKey = new Map<string, NeededSecret>();
  const passwords = new Map<string, { readonly text: string; readonly origin: Origin }>();
  const byName = new Map(services.map((service) => [service.name, service]));
  const values = new Set(known.map(plain));
  for (const { variables } of services)
    for (const [variable, text] of Object.entries(variables))
      if (looksSecret(variable) && mayBeSecret(plain(text))) values.add(plain(text));

  const take = ({ key, names, from }: Origin): string => {
    const before = byKey.get(key);
    if (before !== undefined) return before.name;
    const isTaken = (name: string) => [...byKey.values()].some((other) => other.name === name);
    const wanted = names.map(camelCase);
    const name = wanted.find((candidate) => !isTaken(candidate)) ?? free(wanted.at(-1) ?? "secret", isTaken);
    byKey.set(key, { name, from });
    return name;
  };

  const originAt = (
    service: string,
    variable: string,
    text: string,
    asking: readonly string[] = [],
  ): Origin => {
    const origin = originOf(text);
    if (origin !== undefined) return ofVariable(origin, text);
    for (const other of reached.get(service) ?? []) {
      if (other === service || asking.includes(other)) continue;
      const password = passwords.get(other);
      if (password !== undefined && sameText(password.text, text)) return password.origin;
      const own = Object.entries(byName.get(other)?.variables ?? {}).find(
        ([name, value]) => looksSecret(name) && sameText(value, text),
      );
      if (own !== undefined) return originAt(other, ...own, [...asking, service]);
    }
    return {
      key: `named ${variable} ${plain(text)}`,
      names: [variable, `${service}_${variable}`],
      from: `services.${service}.environment.${variable}`,
    };
  };

  return {
    variable: (service, variable, text) => take(originAt(service, variable, text)),
    password(service, text, from) {
      const variable = text === undefined ? undefined : originOf(text);
      const origin =
        text !== undefined && variable !== undefined
          ? ofVariable(variable, text)
          : { key: `password of ${service}`, names: [`${service}Password`], from };
      if (text !== undefined) {
        values.add(plain(text));
        passwords.set(service, { text, origin });
      }
      return take(origin);
    },
    rootPassword(service, text, from) {
      values.add(plain(text));
      const variable = originOf(text);
      return take(
        variable === undefined
          ? { key: `root's password of ${service}`, names: [`${service}RootPassword`], from }
          : ofVariable(variable, text),
      );
    },
    file: (name, place) => take({ key: `file ${name}`, names: [name], from: place }),
    isIn(given) {
      const text = typeof given === "string" ? given : given.join(" ");
      if (isTainted(text) || holdsAccount(text) || holdsCredential(text)) return true;
      return [...values].some((value) => isSearched(value) && hasWord(text, value));
    },
    sharesWord(given) {
      const text = typeof given === "string" ? given : given.join(" ");
      return [...values].some(
        (value) => value.length >= shortestSearched && !publicWords.has(value) && hasWord(text, value),
      );
    },
    needed: () => [...byKey.values()],
  };

  /** Whether a value tells itself apart from the ordinary words of a project: only such a one is looked for in texts. */
  function isSearched(value: string): boolean {
    return value.length >= shortestSearched && !publicWords.has(value) && !ordinary.test(value);
  }
}

function ofVariable(variable: string, text: string): Origin {
  return {
    key: `variable ${variable} ${plain(text)}`,
    names: [variable],
    from: `the variable ${variable}`,
  };
}

/** Whether two texts are one password, as it is or as it stands in a URL. */
function sameText(a: string, b: string): boolean {
  return plain(a) === plain(b) || decoded(plain(b)) === plain(a);
}

/** Whether a text has a word in it, and not only within another one. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!isLetter(text[at - 1]) && !isLetter(text[at + word.length])) return true;
  return false;
}

function isLetter(char: string | undefined): boolean {
  return char !== undefined && /[\p{L}\p{N}_]/u.test(char);
}
