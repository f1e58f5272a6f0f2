import { credentials } from "@grpc/grpc-js";
// Generated code that assigns its exports at run time: an ES module sees them as one default export.
import services from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/engine_pb.js";
import { visibleText } from "../../core/outside-text.ts";
import { pulumiAddress } from "./pulumi-process.ts";

let client: services.EngineClient | undefined;

function engineClient(): services.EngineClient | undefined {
  const address = pulumiAddress();
  if (address === undefined) return undefined;
  client ??= new services.EngineClient(address, credentials.createInsecure());
  return client;
}

/**
 * Shows a line on a resource's own row in `pulumi up` while the resource is being worked on; it is gone from
 * the final diagnostics. Only decoration: where Pulumi cannot show it, the work goes on without.
 */
export function rowProgress(urn: string): (text: string) => void {
  return (text) => log(urn, text, "INFO", true);
}

/** As {@link rowProgress}, and it stays: it stands in the diagnostics at the end of a preview or an `up`. */
export function rowNotice(urn: string): (text: string) => void {
  return (text) => log(urn, text, "INFO", false);
}

/** As {@link rowNotice}, for what will go wrong unless somebody acts. */
export function rowWarning(urn: string): (text: string) => void {
  return (text) => log(urn, text, "WARNING", false);
}

function log(urn: string, text: string, severity: "INFO" | "WARNING", ephemeral: boolean): void {
  const request = new messages.LogRequest()
    .setUrn(urn)
    .setMessage(visibleText(text))
    .setSeverity(messages.LogSeverity[severity])
    .setEphemeral(ephemeral);
  engineClient()?.log(request, () => undefined);
}
