import { z } from "zod";
import { check } from "../../core/zod-problems.ts";
import { containerOptionSchemas } from "../../model/container/options.ts";
import type { Report } from "../read/note.ts";
import type { Kinded } from "./kinds.ts";
import type { SecretList } from "./secret-list.ts";
import type { PlainOption } from "./translation.ts";

/** An option of a container that an attribute of compose may become as it is. */
export type CarriedOption = keyof typeof containerOptionSchemas;

/**
 * The options of one service that mean the same in both languages. What the declaration's own schema refuses, and what
 * holds a secret, is noted as lost with the reason, and the rest is kept.
 */
export interface Carrier {
  readonly options: Readonly<Record<string, PlainOption>>;
  /** Carries a value over as a whole. Undefined and null are nothing. */
  value(attribute: string, option: CarriedOption, value: unknown): void;
  /** Carries a mapping over member by member. */
  members(attribute: string, option: CarriedOption, mapping: Readonly<Record<string, unknown>>): void;
}

const schema = z.object(containerOptionSchemas);

export function carrierOf({ name }: Kinded, secrets: SecretList, note: Report): Carrier {
  const options: Record<string, PlainOption> = {};

  /** Why a value cannot be carried over; undefined where it can. */
  const refusal = (option: CarriedOption, value: unknown): string | undefined => {
    if (secrets.isIn(textsIn(value))) return "holds a secret";
    const [problem] = check(schema, { [option]: value }).problems ?? [];
    return problem && `${problem.path} ${problem.message}`;
  };

  return {
    options,
    value(attribute, option, value) {
      if (value === undefined || value === null) return;
      const why = refusal(option, value);
      if (why === undefined) options[option] = value as PlainOption;
      else note("lost", `services.${name}.${attribute}`, why);
    },
    members(attribute, option, mapping) {
      const fit = Object.entries(mapping).filter(([key, value]) => {
        const why = refusal(option, Object.fromEntries([[key, value]]));
        if (why !== undefined) note("lost", `services.${name}.${attribute}.${key}`, why);
        return why === undefined;
      });
      if (fit.length > 0) options[option] = Object.fromEntries(fit) as PlainOption;
    },
  };
}

/** Every text of a value, the names of its members among them. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    Array.isArray(value) ? textsIn(member) : [key, ...textsIn(member)],
  );
}
