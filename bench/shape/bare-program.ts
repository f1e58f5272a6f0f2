/**
 * The least that a Pulumi program can do for a shape: `npm run bench -- chain` brings it up beside phasegate's. It creates each phase's
 * containers when it has itself seen those of the phase before answer. Nothing of it is a gate, and nothing watches afterwards.
 */
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ShapeName } from "./shapes.ts";
import { shapeServices } from "./shapes.ts";
import { untilAnswers } from "./until-answers.ts";

const config = new pulumi.Config("bare");
const image = config.require("image");
const network = config.require("network");

/** When each service was ready, by this machine's clock in milliseconds. */
export const readyMs: Record<string, pulumi.Output<number>> = {};

let before: Promise<unknown> = Promise.resolve();
for (const services of shapeServices(config.require<ShapeName>("shape"))) {
  const earlier = before;
  const ready = services.map((service) => {
    const { networkDatas } = new docker.Container(service, {
      name: `${network}-${service}`,
      // Pulumi creates a container once it knows all of its inputs.
      image: earlier.then(() => image),
      envs: [`LATE_MS=${config.require("lateMs")}`],
      labels: [{ label: config.require("label"), value: service }],
      networksAdvanced: [{ name: network }],
    });
    const at = networkDatas.apply(async (networks) => {
      await untilAnswers(networks.find(({ networkName }) => networkName === network)?.ipAddress ?? "");
      return Date.now();
    });
    readyMs[service] = at;
    return new Promise((resolve) => at.apply(resolve));
  });
  before = Promise.all(ready);
}
