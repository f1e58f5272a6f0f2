/** A module that awaits what never comes before it is loaded. */
import { passed, probe } from "phasegate";

await new Promise(() => {});

export default probe(async () => passed());
