import { excerpt } from "../../core/excerpt.ts";

/**
 * Where an answer redirects to, for the words of a cause. An account, a query and a fragment are left out: they carry
 * tokens, tickets and codes that no redaction knows.
 */
export function redirectLocation(location: string): string {
  const [, address = "", rest = ""] = /^([^?#]*)(.*)$/s.exec(location) ?? [];
  const place = excerpt(address.replace(/^((?:[A-Za-z][A-Za-z0-9+.-]*:)?[\\/]{2})[^\\/]*@/, "$1"), 100);
  return rest === "" ? place : `${place}?...`;
}
