/** How long a preview takes of what has not changed. `npm run bench -- preview` runs it. */
import { measureStanding } from "./standing/measure.ts";

await measureStanding({
  name: "preview",
  description:
    "Measures `pulumi preview` of netra and of the chain without a change, in turn with `compose --dry-run up` of the same containers, which is the nearest that Compose 2 has, and with a preview of a program that declares nothing.",
  pulumi: ["preview"],
  compose: "dryRun",
});
