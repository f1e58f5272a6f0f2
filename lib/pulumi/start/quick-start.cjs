// What Pulumi's two processes of Node.js run before anything else: the program by `nodeargs` in Pulumi.yaml, the provider of dynamic
// resources by the launcher beside this file. Node.js that is too old would show where it fails, and not why.
const { nodeTooOld } = require("../../core/node-version.cjs");

const why = nodeTooOld();
if (why !== undefined) {
  console.error(why);
  process.exit(1);
}
require("./quick-start.mjs");
