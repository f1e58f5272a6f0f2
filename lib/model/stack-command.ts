/**
 * A command for one stack, as messages suggest it. Every suggested command that concerns a stack is made here, so that
 * it can be pasted as it is where several stacks are there.
 * @param stack undefined where the name is not known
 * @example stackCommand("dev", "npx phasegate validate redis") // npx phasegate validate redis --stack dev
 * @example stackCommand("dev", "npm run up") // npm run up -- --stack dev
 */
export function stackCommand(stack: string | undefined, command: string): string {
  if (stack === undefined) return command;
  // npm keeps what comes before the dashes to itself.
  return `${command}${command.startsWith("npm run ") ? " --" : ""} --stack ${stack}`;
}

/**
 * The command that sets a secret of a stack. It asks for the value, so that it does not stand in the shell's history.
 * @param project the Pulumi project's name, which is the namespace of its config
 */
export function setSecretCommand(stack: string | undefined, secret: string, project = "phasegate"): string {
  return stackCommand(stack, `pulumi config set --secret --path "${project}:secrets.${secret}"`);
}

/** The command that brings a stack up, quoted: "pulumi up --stack dev". */
export function upCommand(stack: string | undefined): string {
  return `"${stackCommand(stack, "pulumi up")}"`;
}
