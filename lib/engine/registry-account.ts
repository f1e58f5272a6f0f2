/** The account of an image registry. */
export interface RegistryAccount {
  /** As images have it: "registry.example.com", "docker.io". */
  readonly registry: string;
  readonly username: string;
  readonly password: string;
  /** What to do where it is refused. */
  readonly advice: string;
}

/** The account as the engine's API takes it: with a request, and kept nowhere. */
export function authOf({ registry, username, password }: RegistryAccount): {
  readonly username: string;
  readonly password: string;
  readonly serveraddress: string;
} {
  return { username, password, serveraddress: registry === "docker.io" ? hubAddress : registry };
}

/** Under which name Docker keeps the account of its own registry. */
export const hubAddress = "https://index.docker.io/v1/";
/** By which host BuildKit asks for it. */
export const hubHost = "registry-1.docker.io";
