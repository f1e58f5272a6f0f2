import type { sendUnaryData, ServerUnaryCall } from "@grpc/grpc-js";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { Certified } from "./certificates.ts";

export type CheckCall = ServerUnaryCall<Buffer, Buffer>;
export type Answer = sendUnaryData<Buffer>;

/** A gRPC server on the loopback interface. */
export interface GrpcServer {
  readonly host: string;
  readonly port: number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Serves one method; what it is sent and what it answers are bytes, so that the test does not use what it tests. */
export async function serveGrpc(
  path: string,
  respond: (call: CheckCall, answer: Answer) => void,
  /** The server's certificate. Default: it speaks plain text. */
  certified?: Certified,
): Promise<GrpcServer> {
  const server = new Server();
  const asIs = (bytes: Buffer) => bytes;
  server.addService(
    {
      method: {
        path,
        requestStream: false,
        responseStream: false,
        requestSerialize: asIs,
        requestDeserialize: asIs,
        responseSerialize: asIs,
        responseDeserialize: asIs,
      },
    },
    { method: respond },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", credentials(certified), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    host: "127.0.0.1",
    port,
    [Symbol.asyncDispose]: async () => server.forceShutdown(),
  };
}

function credentials(certified: Certified | undefined): ServerCredentials {
  if (certified === undefined) return ServerCredentials.createInsecure();
  const { certificate, key } = certified;
  return ServerCredentials.createSsl(null, [
    { cert_chain: Buffer.from(certificate), private_key: Buffer.from(key) },
  ]);
}
