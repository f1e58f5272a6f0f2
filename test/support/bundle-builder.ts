/** A program of its own, forked with a folder, an entry file and a reference: builds the bundle's image. */
import { prepareBundle } from "../../lib/engine/bundle-image.ts";
import { dockerClient } from "../../lib/engine/docker-engine.ts";

const [root = "", entry = "", reference = ""] = process.argv.slice(2);
await prepareBundle(dockerClient(), root, entry, reference, () => undefined);
process.disconnect?.();
