/**
 * Node.js's agent of HTTP connections. Whoever imports "node:http" has Node.js load its WebSocket too, and undici with it, which takes
 * 30 ms of a process's start. What is asked for in this way is the same module without them.
 */
export const { Agent } = process.getBuiltinModule("node:http");
export type Agent = InstanceType<typeof Agent>;
