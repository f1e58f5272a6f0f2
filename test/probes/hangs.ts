/** Waits for something that does not come. */
import { passed, probe } from "phasegate";

export default probe(async ({ step }) => {
  step("waiting for Godot");
  await new Promise(() => {});
  return passed();
});
