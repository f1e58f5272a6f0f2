/** What is being done, for a person who waits. */
export type Say = (text: string) => void;

interface Running<T> {
  readonly result: Promise<T>;
  readonly listeners: Set<Say>;
  last: string | undefined;
}

/**
 * Does each piece of work once at a time: who asks for the same while it is being done waits for its result, and sees
 * its progress. Once it has ended, well or not, the next one who asks has it done again.
 * @returns a function that takes what names the work, who is to see its progress, and the work itself
 */
export function sharedWork<T>(): (key: string, say: Say, work: (say: Say) => Promise<T>) => Promise<T> {
  const running = new Map<string, Running<T>>();
  return (key, say, work) => {
    const known = running.get(key);
    if (known !== undefined) {
      known.listeners.add(say);
      if (known.last !== undefined) say(known.last);
      return known.result;
    }
    const listeners = new Set([say]);
    const sayAll: Say = (text) => {
      const own = running.get(key);
      if (own !== undefined) own.last = text;
      for (const listener of listeners) listener(text);
    };
    const result = Promise.resolve()
      .then(() => work(sayAll))
      .finally(() => running.delete(key));
    running.set(key, { result, listeners, last: undefined });
    return result;
  };
}
