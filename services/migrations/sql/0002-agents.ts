import type { Migration } from "../migration.ts";

export const agents: Migration = {
  version: "0002",
  title: "the agents that the backend runs",
  sql: `
    CREATE TABLE IF NOT EXISTS agents (
      name        text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9-]{0,62}$'),
      skill       text NOT NULL,
      description text NOT NULL,
      enabled     boolean NOT NULL DEFAULT true
    );

    INSERT INTO agents (name, skill, description) VALUES
      ('summariser', 'summarise', 'Answers with the first sentence of a text.'),
      ('counter',    'count',     'Answers how many words a text has, and which is the most frequent.'),
      ('echo',       'echo',      'Answers with what it was asked.')
    ON CONFLICT (name) DO NOTHING;
  `,
};
