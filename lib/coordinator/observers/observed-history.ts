import type { History } from "../../history/history.ts";
import type { Observer } from "./observer.ts";

/** A history that passes on to observers what it is given besides transitions and incidents. */
export function observedHistory(history: History, observed: Required<Observer>): History {
  let lastStart = 0;
  return {
    ...history,
    start: () => {
      const keep = history.start();
      const id = ++lastStart;
      return (record) => {
        keep(record);
        observed.start(id, record);
      };
    },
    verdict: (record) => {
      history.verdict(record);
      observed.verdict(record);
    },
  };
}
