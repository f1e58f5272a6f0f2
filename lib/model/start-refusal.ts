/** What the words mean with which an engine refuses to start a container. */
export interface RefusalMeaning {
  readonly code: "PHASEGATE_CONTAINER_REFUSED" | "PHASEGATE_PORT_TAKEN";
  /** What is the matter. */
  readonly cause: string;
  /** What to do about it. */
  readonly remedy: string;
}

interface Known extends Omit<RefusalMeaning, "code"> {
  readonly words: RegExp;
  readonly code?: RefusalMeaning["code"];
}

/** The special ones come first. The words are those of Docker, containerd, runc, crun and Podman. */
const known: readonly Known[] = [
  {
    words: /port is already allocated|address already in use|ports are not available/i,
    code: "PHASEGATE_PORT_TAKEN",
    cause: "a port that it publishes is taken on the engine's machine",
    remedy:
      "End what holds it, or have the stack publish another: portBase in its config, publish in the declaration.",
  },
  {
    words: /cannot assign requested address/i,
    cause: "the address at which it publishes a port is none of the engine's machine",
    remedy: "Publish at an address that the machine has.",
  },
  {
    words: /range of cpus is from/i,
    cause: "the engine's machine has fewer CPUs than it may use",
    remedy: "Lower cpus in its resources, or take it out.",
  },
  {
    words: /could not select device driver/i,
    cause: "the engine has no driver for the GPUs that it asks for",
    remedy: "Install the vendor's container runtime on the engine's machine, or take gpus out.",
  },
  {
    words: /unable to find user|no matching entries in passwd|unable to find group/i,
    cause: "it names a user or group that its image does not have",
    remedy: "Correct runAs in the declaration, or the image.",
  },
  {
    words: /exec format error/i,
    cause: "its command is made for another processor, or is a script without a first line such as #!/bin/sh",
    remedy: "Use an image for the engine's platform, or run the script by its interpreter.",
  },
  {
    words: /mount|not a directory/i,
    cause: "a volume cannot be mounted where the declaration says",
    remedy: "Correct the paths of its volumes in the declaration.",
  },
  {
    words: /executable file .*not found|no such file or directory/i,
    cause: "its image lacks the command, or the interpreter that the first line of its script names",
    remedy: "Correct its command or entrypoint in the declaration, or the image.",
  },
  {
    words: /permission denied/i,
    cause: "its command may not be executed",
    remedy: "Make the file executable in the image, or run it by its interpreter.",
  },
  {
    words: /network .*not found/i,
    cause: "a network of the stack is not on the engine any more",
    remedy: "Have Pulumi look at what is there, and create it again: add --refresh to the command.",
  },
  {
    words: /no space left on device/i,
    cause: "the engine's disk is full",
    remedy: '"docker system df" says of what.',
  },
];

/** What an engine's words mean. Words that are not known speak for themselves. */
export function refusalMeaning(words: string): RefusalMeaning {
  const { code, cause, remedy } = known.find((one) => one.words.test(words)) ?? {
    cause: "the engine's own words say why",
    remedy: "Correct what they name.",
  };
  return { code: code ?? "PHASEGATE_CONTAINER_REFUSED", cause, remedy };
}
