/** A program of its own: has a client of an engine, says whether what a client seldom uses has run, and then uses it. */
import Docker from "dockerode";
import { errorText } from "../../lib/core/errors.ts";

/** Node.js's own module that gRPC loads, by which an engine is asked to build. */
const building = () =>
  (process as unknown as { moduleLoadList: readonly string[] }).moduleLoadList.includes("NativeModule http2");

const before = building();
const docker = new Docker({
  protocol: "ssh",
  username: "nobody",
  host: "127.0.0.1",
  port: Number(process.argv[2]),
});
const answer = await docker.ping().then(String, errorText);
console.log(JSON.stringify({ building: before, answer }));
