// `npm run bench`: how long `up` takes, and where its time goes. See docs/benchmarks.md.
import { command } from "./setup/command.mjs";
import { runInForeground } from "./setup/foreground.mjs";
import { root } from "./setup/paths.mjs";
import { createReport } from "./setup/report.mjs";
import { setUp } from "./setup/set-up.mjs";

const help = `
npm run bench [-- --runs N] [--json FILE] [--level LEVEL] [--port-base N] [--quiet-wait SECONDS] [--no-compose]

Measures \`up\` from nothing, \`up\` without a change, and \`preview\` of the declaration netra against their aims, and the
same containers under docker compose where that is installed. It works in a stack, a state and a network of its own,
touches none of yours, and takes all of it away at the end.

  --runs N              how often each thing is measured; the table has the medians (3)
  --json FILE           everything that was measured
  --level LEVEL         basic, comprehensive, productionSimulation, production (comprehensive)
  --port-base N         the first of the ports that it takes on the loopback interface (14000)
  --quiet-wait SECONDS  how long each measurement waits for a machine that does nothing else (60)
  --no-compose          leaves docker compose out
`;

await command(help, async (args) => {
  const { env } = await setUp(createReport(process.stdout), [], { imagesOf: ["dev"] });
  return await runInForeground("node", ["bench/main.ts", ...args], { env, cwd: root });
});
