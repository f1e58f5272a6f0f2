import { probe } from "phasegate";

export default probe(async () => {
  throw new TypeError("depth is not a function, s3cr3t/pässword");
});
