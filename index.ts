/** The Pulumi program: `pulumi up --stack dev`. */
import { deploy } from "phasegate/program";

const stack = await deploy();

/** Where each published service is on this machine. */
export const addresses = stack.addresses;
/** The image that each service runs, and where it came from: a registry, this project's source, or a stand-in. */
export const images = stack.images;
