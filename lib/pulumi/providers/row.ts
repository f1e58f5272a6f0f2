/** The stack that a resource is of, by its URN: "urn:pulumi:dev::project::type::name". */
export function stackOf(row: string): string | undefined {
  return /^urn:pulumi:([^:]+)::/.exec(row)?.[1];
}
