// `node tools/start.mjs NAME …`: what every npm script begins with. It needs nothing but the machine's own Node.js: it
// makes sure of the packages, then runs tools/NAME.ts on the Node.js 24 that they bring.
import { join } from "node:path";
import { command } from "./bootstrap/command.mjs";
import { ensureDependencies } from "./bootstrap/dependencies.mjs";
import { runInForeground } from "./bootstrap/foreground.mjs";
import { binDir, root } from "./bootstrap/paths.mjs";
import { createReport } from "./bootstrap/report.mjs";

await command(async () => {
  const [name = "", ...args] = process.argv.slice(2);
  // What `npm run env` writes to its standard output is a program for the shell.
  const report = createReport(name === "env" ? process.stderr : process.stdout);
  await report.step("dependencies", ensureDependencies);
  return await runInForeground(join(binDir, "node"), [join(root, "tools", `${name}.ts`), ...args], {
    env: process.env,
    cwd: root,
  });
});
