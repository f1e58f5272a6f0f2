import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ContainerPlan } from "../../model/plan.ts";
import type { Text } from "../../model/text.ts";
import { fillText, secretsIn } from "../../model/text.ts";
import type { Deployment } from "../deployment.ts";
import { secretsNamed } from "../secrets.ts";
import { copiedFiles } from "./uploads.ts";
import { passedVariables } from "./variables.ts";

/** Its variables, and the files that are written into it before it starts. */
export function environmentArgs(
  service: ContainerPlan,
  { secrets }: Deployment,
): Pick<docker.ContainerArgs, "envs" | "uploads"> {
  return {
    envs: [
      ...Object.entries(service.env).map(
        ([variable, text]) => pulumi.interpolate`${variable}=${filled(text, secrets)}`,
      ),
      ...passedVariables(service),
    ],
    uploads: [
      ...Object.entries(service.files).map(([file, text]) => ({ file, content: filled(text, secrets) })),
      ...copiedFiles(service),
    ],
  };
}

/** A text with its secrets filled in: a Pulumi secret where it holds one, plain where not, so that previews can show it. */
function filled(text: Text, secrets: Deployment["secrets"]): pulumi.Input<string> {
  const names = secretsIn(text);
  return names.length === 0
    ? fillText(text, {})
    : secretsNamed(names, secrets).apply((values) => fillText(text, values));
}
