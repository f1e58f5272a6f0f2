// In place of the module by which Pulumi's SDK knows where a function is that it cannot serialise. That one connects every program to
// V8's inspector, which takes some 70 ms, and sets a flag of V8, with which nothing comes out of the cache that was kept without it. This
// one connects when a function is serialised: the inspector tells it then of all scripts that there are.
import { Session } from "node:inspector";

/** @type {Map<string, string>} */
const urls = new Map();

/** @type {Session | undefined} */
let session;

export const isInitializedAsync = async () => undefined;

export async function getSessionAsync() {
  if (session === undefined) {
    session = new Session();
    session.connect();
    session.on("Debugger.scriptParsed", ({ params }) => urls.set(params.scriptId, params.url));
    session.post("Debugger.enable");
  }
  return session;
}

/** @param {string} id */
export const getScriptUrl = (id) => urls.get(id);
