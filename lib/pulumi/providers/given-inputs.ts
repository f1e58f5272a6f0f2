/** Some of the inputs, as outputs. What is not given is left out: Pulumi takes no undefined. */
export function givenInputs<Inputs extends object, Key extends keyof Inputs>(
  inputs: Inputs,
  keys: readonly Key[],
): Pick<Inputs, Key> {
  return Object.fromEntries(
    keys.flatMap((key) => (inputs[key] === undefined ? [] : [[key, inputs[key]]])),
  ) as Pick<Inputs, Key>;
}
