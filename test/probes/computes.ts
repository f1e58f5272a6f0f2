/** Computes for ever. */
import { probe } from "phasegate";

export default probe(async ({ step }) => {
  step("computing");
  for (;;);
});
