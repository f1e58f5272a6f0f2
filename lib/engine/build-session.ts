import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import * as grpc from "@grpc/grpc-js";
import type Docker from "dockerode";
import { fieldsOf } from "./build-progress.ts";
import type { RegistryAccount } from "./registry-account.ts";
import { hubHost } from "./registry-account.ts";

/** A connection over which BuildKit asks its client for what a build needs: here, for secrets and accounts. */
export interface BuildSession {
  readonly id: string;
  close(): void;
}

const getSecret = "/moby.buildkit.secrets.v1.Secrets/GetSecret";
const getCredentials = "/moby.filesync.v1.Auth/Credentials";
const checkHealth = "/grpc.health.v1.Health/Check";

/**
 * Opens a session of BuildKit's (moby/buildkit: session/secrets, session/auth, session/grpchijack). BuildKit is the client: it drops
 * a session that does not say that it is well.
 * @param secrets values by the ids that a Dockerfile's RUN --mount=type=secret names
 * @param accounts of the registries that its base images are pulled from
 */
export async function buildSession(
  docker: Docker,
  secrets: Readonly<Record<string, string>>,
  accounts: readonly RegistryAccount[] = [],
): Promise<BuildSession> {
  const id = randomUUID();
  const socket = await hijacked(docker, {
    Upgrade: "h2c",
    "X-Docker-Expose-Session-Uuid": id,
    "X-Docker-Expose-Session-Name": "phasegate",
    "X-Docker-Expose-Session-Grpc-Method": [getSecret, getCredentials, checkHealth],
  });
  const server = new grpc.Server();
  server.addService(
    { GetSecret: method(getSecret), Credentials: method(getCredentials), Check: method(checkHealth) },
    {
      GetSecret: (call: { readonly request: Buffer }, answer: grpc.sendUnaryData<Buffer>) => {
        const name = fieldsOf(call.request)[0]?.[1].toString("utf8") ?? "";
        if (!Object.hasOwn(secrets, name))
          return answer({ code: grpc.status.NOT_FOUND, details: `there is no secret ${name}` });
        answer(null, bytesField(1, secrets[name] ?? ""));
      },
      // Of a registry without an account BuildKit asks without one.
      Credentials: (call: { readonly request: Buffer }, answer: grpc.sendUnaryData<Buffer>) => {
        const host = fieldsOf(call.request)[0]?.[1].toString("utf8") ?? "";
        const account = accounts.find(
          ({ registry }) => host === (registry === "docker.io" ? hubHost : registry),
        );
        if (account === undefined) return answer(null, Buffer.alloc(0));
        answer(null, Buffer.concat([bytesField(1, account.username), bytesField(2, account.password)]));
      },
      // SERVING
      Check: (_call: unknown, answer: grpc.sendUnaryData<Buffer>) => answer(null, Buffer.from([8, 1])),
    },
  );
  const injector = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  injector.injectConnection(socket);
  return {
    id,
    close: () => {
      server.forceShutdown();
      socket.destroy();
    },
  };
}

const bytes = (value: Buffer) => value;

function method(path: string): grpc.MethodDefinition<Buffer, Buffer> {
  return {
    ...{ path, requestStream: false, responseStream: false },
    ...{
      requestSerialize: bytes,
      requestDeserialize: bytes,
      responseSerialize: bytes,
      responseDeserialize: bytes,
    },
  };
}

/** A field of a message of Protocol Buffers that is a text. */
function bytesField(number: number, text: string): Buffer {
  const value = Buffer.from(text, "utf8");
  const length: number[] = [];
  for (let rest = value.length; ; rest = Math.floor(rest / 128)) {
    length.push(rest < 128 ? rest : (rest % 128) + 128);
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), value]);
}

interface Dialled {
  dial(options: object, done: (error: Error | null, socket: Duplex) => void): void;
}

function hijacked(
  docker: Docker,
  headers: Readonly<Record<string, string | readonly string[]>>,
): Promise<Duplex> {
  const statusCodes = { 200: true, 404: "there is no such question", 500: "server error" };
  const options = { method: "POST", path: "/session", hijack: true, headers, statusCodes };
  return new Promise((resolve, reject) => {
    (docker.modem as unknown as Dialled).dial(options, (error, socket) => {
      if (error) reject(error);
      else resolve(socket);
    });
  });
}
