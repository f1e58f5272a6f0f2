import type { StackDeclaration } from "phasegate";
import { authRace, databaseRace, placeRace, websocketRace } from "../declarations.ts";

/** What a stack's config may name in a trial of races. */
const declarations: Readonly<Record<string, StackDeclaration>> = {
  databaseByHealth: databaseRace("health"),
  databaseProven: databaseRace("business"),
  authByHealth: authRace("health"),
  authProven: authRace("business"),
  websocketByHealth: websocketRace("health"),
  websocketProven: websocketRace("business"),
  listensOnOneNetwork: placeRace("one network"),
  listensEverywhere: placeRace("everywhere"),
};

export function declarationNamed(name: string): StackDeclaration {
  const declaration = declarations[name];
  if (declaration === undefined) throw new Error(`there is no race ${name}`);
  return declaration;
}
