// The container engine's HTTP API, spoken directly: no docker command is needed, and nothing is started to ask.
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { join } from "node:path";
import { SetupError } from "./setup-error.mjs";

/** Where the engine is: DOCKER_HOST, else the usual socket. */
export const engineAddress = process.env["DOCKER_HOST"] || "unix:///var/run/docker.sock";

/** @returns {http.RequestOptions} */
function connection() {
  const url = new URL(engineAddress);
  if (url.protocol === "unix:") return { socketPath: decodeURIComponent(url.pathname), host: "localhost" };
  if (url.protocol === "tcp:" || url.protocol === "http:" || url.protocol === "https:") {
    const tls = url.protocol === "https:" || Boolean(process.env["DOCKER_TLS_VERIFY"]);
    return {
      protocol: tls ? "https:" : "http:",
      host: url.hostname,
      port: url.port || (tls ? 2376 : 2375),
      ...(tls ? certificates() : {}),
    };
  }
  throw new SetupError(
    `DOCKER_HOST is ${engineAddress}: only unix://, tcp:// and http(s):// are understood here.\n` +
      "For an engine over SSH forward its socket: ssh -nNT -L /tmp/engine.sock:/var/run/docker.sock HOST, and DOCKER_HOST=unix:///tmp/engine.sock",
  );
}

/** The files that `docker` itself takes from DOCKER_CERT_PATH. */
function certificates() {
  const dir = process.env["DOCKER_CERT_PATH"];
  if (!dir) return {};
  return {
    ca: readFileSync(join(dir, "ca.pem")),
    cert: readFileSync(join(dir, "cert.pem")),
    key: readFileSync(join(dir, "key.pem")),
  };
}

/**
 * @typedef {object} Call
 * @property {string} [method] default GET
 * @property {Record<string, string>} [query]
 * @property {unknown} [json] body
 * @property {NodeJS.ReadableStream} [stream] body, a tar archive
 * @property {(line: string) => void} [onLine] sees each line of the answer as it comes
 * @property {number} [timeoutMs] of silence; default 60 s
 */

/**
 * One call. Answers outside 2xx are returned, not thrown; only an engine that cannot be reached throws.
 * @param {string} path @param {Call} [call]
 * @returns {Promise<{ status: number, headers: http.IncomingHttpHeaders, text: string }>}
 */
export function engineCall(path, call = {}) {
  return new Promise((resolve, reject) => {
    const options = connection();
    const query = call.query === undefined ? "" : `?${new URLSearchParams(call.query).toString()}`;
    const headers =
      call.json !== undefined
        ? { "content-type": "application/json" }
        : call.stream
          ? { "content-type": "application/x-tar" }
          : {};
    const request = (options.protocol === "https:" ? https : http).request({
      ...options,
      path: path + query,
      method: call.method ?? "GET",
      headers,
      agent: false,
    });
    request.setTimeout(call.timeoutMs ?? 60_000, () =>
      request.destroy(new Error(`no answer in ${(call.timeoutMs ?? 60_000) / 1000} s`)),
    );
    request.on("error", reject);
    request.on("response", (response) => {
      let text = "";
      let seen = 0;
      response.setEncoding("utf8").on("data", (part) => {
        text += part;
        for (let end; call.onLine && (end = text.indexOf("\n", seen)) >= 0; seen = end + 1)
          call.onLine(text.slice(seen, end));
      });
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    if (call.stream) call.stream.on("error", (error) => request.destroy(error)).pipe(request);
    else request.end(call.json === undefined ? undefined : JSON.stringify(call.json));
  });
}

/**
 * A call whose answer is JSON and must be a success, or "not there".
 * @param {string} path @param {Call} [call]
 * @returns {Promise<any>} undefined for 404
 */
export async function engineJson(path, call) {
  const { status, text } = await engineCall(path, call);
  if (status === 404) return undefined;
  if (status >= 400)
    throw new SetupError(`the engine refused ${call?.method ?? "GET"} ${path}: ${engineMessage(text)}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** What the engine says in an error's body. @param {string} text */
export function engineMessage(text) {
  try {
    return String(JSON.parse(text).message ?? text);
  } catch {
    return text.trim();
  }
}

/** The engine's version, or undefined when none answers. */
export async function enginePing() {
  try {
    const { status, text } = await engineCall("/version", { timeoutMs: 5000 });
    return status === 200 ? String(JSON.parse(text).Version) : undefined;
  } catch (error) {
    if (error instanceof SetupError) throw error;
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EACCES") {
      throw new SetupError(
        `the engine's socket ${engineAddress} is there, but you may not use it: add yourself to its group\n(sudo usermod -aG docker $USER, then log in again), or set DOCKER_HOST to an engine of your own.`,
      );
    }
    return undefined;
  }
}
