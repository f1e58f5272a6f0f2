import { mapValues } from "../../core/record.ts";

/** Properties of ServiceReadiness, PhaseGate and PhaseEdges that earlier versions wrote under another name. */
const currentNames: Readonly<Record<string, string>> = {
  rank: "startIndex",
  registration: "specHash",
  run: "generation",
  runs: "generations",
};

/**
 * State that this or an earlier version has written, under the names of this version. Values stay as they are: a
 * generation that was named "3f2a run 1" is the same one afterwards, and nothing is restarted because of the names.
 */
export function withCurrentNames<State extends object>(state: State): State {
  const renamed = rename(state);
  const { dependencies } = renamed;
  return (
    isObject(dependencies)
      ? { ...renamed, dependencies: mapValues(dependencies, (one) => (isObject(one) ? rename(one) : one)) }
      : renamed
  ) as State;
}

function rename(properties: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [currentNames[name] ?? name, value as unknown]),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
