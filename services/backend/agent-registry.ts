import { UnavailableError } from "../shared/failure-reason.ts";
import type { Postgres } from "../shared/postgres.ts";
import { skills, type Skill } from "./agent-skills.ts";

export interface Agent {
  readonly name: string;
  readonly description: string;
  readonly answer: Skill;
}

export interface AgentRegistry {
  /**
   * Reads the agents from the database, now, and goes by them from here on.
   * @throws UnavailableError when there are none, or one has a skill that this version lacks.
   */
  load(): Promise<void>;
  find(name: string): Agent | undefined;
  list(): readonly Agent[];
}

export function createAgentRegistry(postgres: Pick<Postgres, "query">): AgentRegistry {
  let agents: ReadonlyMap<string, Agent> = new Map();

  return {
    async load() {
      const rows = await postgres.query<{ name: string; skill: string; description: string }>(
        "SELECT name, skill, description FROM agents WHERE enabled ORDER BY name",
      );
      if (rows.length === 0) throw new UnavailableError("the table agents has no enabled agent");
      agents = new Map(
        rows.map(({ name, skill, description }) => {
          const answer = Object.hasOwn(skills, skill) ? skills[skill] : undefined;
          if (answer === undefined) {
            throw new UnavailableError(`agent ${name} has the skill "${skill}", which this version lacks`);
          }
          return [name, { name, description, answer }];
        }),
      );
    },
    find: (name) => agents.get(name),
    list: () => [...agents.values()],
  };
}
