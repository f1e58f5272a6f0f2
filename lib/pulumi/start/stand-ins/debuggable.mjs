// In place of the module by which Pulumi's SDK notes for each promise where it was made, to name those that are left at the end. It
// notes for which resource's sake each is waited for, too, and a container has some 300: this one leaves out the stack traces.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
Reflect.deleteProperty(require.cache, import.meta.filename);
/** The module itself. @type {{ debuggablePromise<T>(promise: Promise<T>, context: unknown): Promise<T> }} */
const debuggable = require(import.meta.filename);
const { debuggablePromise } = debuggable;

debuggable.debuggablePromise = (promise, context) => {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return debuggablePromise(promise, context);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
};

export { debuggable as "module.exports" };
