import { probe } from "phasegate";

// @ts-expect-error a finding is owed
export default probe(async () => {});
