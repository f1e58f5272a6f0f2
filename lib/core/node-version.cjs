// CommonJS: a Node.js that is too old has to run it.

/**
 * Whether this Node.js runs TypeScript as it is.
 * @returns why it does not, and what to do about it; undefined where it does
 */
exports.nodeTooOld = () => {
  const { node } = process.versions;
  const [major = 0, minor = 0] = node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return undefined;
  return `phasegate needs Node.js 22.18 or newer; this is ${node}. "npm ci" brings one, and eval "$(npm run -s env)" has Pulumi use it.`;
};
