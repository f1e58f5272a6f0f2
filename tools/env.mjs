// `eval "$(npm run -s env)"`: a shell in which the plain words `pulumi up --stack dev` work.
import { delimiter } from "node:path";
import { command } from "./setup/command.mjs";
import { configuredStacks } from "./setup/needs.mjs";
import { createReport } from "./setup/report.mjs";
import { setUp } from "./setup/set-up.mjs";

const help = `
eval "$(npm run -s env)"

Sets up what is missing, then prints the variables that make \`pulumi\` work in this shell as it stands: PATH, where
state is kept, the passphrase's file. Every stack that has a Pulumi.NAME.yaml exists afterwards, with its secrets set.
`;

/** Between single quotes a shell takes everything as it is, but for the quote itself. @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

await command(help, async () => {
  const { variables, first } = await setUp(createReport(process.stderr), configuredStacks());
  const { PATH: _, ...others } = variables;
  // In front of the shell's own PATH: the one seen here is what npm has made of it.
  process.stdout.write(`export PATH=${quoted(first.join(delimiter))}:"$PATH"\n`);
  for (const [name, value] of Object.entries(others)) {
    process.stdout.write(`export ${name}=${quoted(value)}\n`);
  }
  return 0;
});
