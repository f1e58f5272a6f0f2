// No TypeScript: the program's start needs it before types are stripped.

/** Files of packages that a client of the engine loads, and hardly ever uses: an engine that is reached by ssh, and one that builds an image. */
export const seldomUsed = ["docker-modem/lib/ssh.js", "dockerode/lib/session.js", "tar-fs/index.js"];

/**
 * The source of a CommonJS module that loads another one when something of it is first used.
 * @param {string} load the source of a function that loads it
 */
export const loadedOnUse = (load) => `
let real;
const load = ${load};
module.exports = new Proxy(() => {}, {
  get: (_, name) => {
    if (name === "__esModule") return true;
    real ??= load();
    return name === "default" && !real.__esModule ? real : real[name];
  },
  apply: (_, self, given) => Reflect.apply((real ??= load()), self, given),
});
`;
