/** What an agent can do with a text. */
export type Skill = (input: string) => string;

/** The skills that this version has, by the name that the table of agents calls them. */
export const skills: Readonly<Record<string, Skill>> = {
  echo: (input) => input,

  summarise(input) {
    const [first = ""] = /^.*?[.!?](?=\s|$)/su.exec(input) ?? [input];
    return first.trim();
  },

  count(input) {
    const words = input.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    const [mostFrequent] = [...counts].sort(([, a], [, b]) => b - a);
    return mostFrequent === undefined ? "0 words" : `${words.length} words, most often "${mostFrequent[0]}"`;
  },
};
