/** The environments that a declaration may be deployed to. */
export const environments = ["development", "test", "staging", "production"] as const;
export type Environment = (typeof environments)[number];
