import protobuf from "protobufjs/light.js";

/** The messages of grpc/health/v1/health.proto ("GRPC Health Checking Protocol"), as far as a check needs them. */
const root = protobuf.Root.fromJSON({
  nested: {
    HealthCheckRequest: { fields: { service: { type: "string", id: 1 } } },
    HealthCheckResponse: {
      fields: { status: { type: "ServingStatus", id: 1 } },
      nested: {
        ServingStatus: { values: { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } },
      },
    },
  },
});
const request = root.lookupType("HealthCheckRequest");
const response = root.lookupType("HealthCheckResponse");

/** The method that answers whether a service is serving. */
export const checkMethod = "/grpc.health.v1.Health/Check";

export function encodeRequest(service: string): Buffer {
  const fields = service === "" ? {} : { service };
  return Buffer.from(request.encode(request.create(fields)).finish());
}

/** The status in an answer, by its name: "SERVING"; a number that the protocol does not name as it is. Undefined where the bytes are no such message. */
export function statusIn(bytes: Buffer): string | undefined {
  try {
    const { status } = response.toObject(response.decode(bytes), { enums: String, defaults: true });
    return String(status);
  } catch {
    return undefined;
  }
}
