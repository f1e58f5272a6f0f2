/** How long an `up` takes that has nothing to do. `npm run bench -- noop` runs it. */
import { measureStanding } from "./standing/measure.ts";

await measureStanding({
  name: "noop",
  description:
    "Measures `up` of netra and of the chain without a change, in turn with `compose up -d --wait` of the same containers and with `pulumi up` of a program that declares nothing. All stay up between the runs.",
  pulumi: ["up", "--yes", "--skip-preview"],
  compose: "up",
});
