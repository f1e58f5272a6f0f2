/** Counts the probes of starting services that do not pass: what they all ask is asked of one processor. */
export interface WaitingProbes {
  count(): number;
  /** A probe that does not pass; the returned function says what it has come to. */
  enter(): (passing: boolean) => void;
}

export function waitingProbes(): WaitingProbes {
  let count = 0;
  return {
    count: () => count,
    enter: () => {
      let waits = true;
      count++;
      return (passing) => {
        if (waits !== passing) return;
        waits = !passing;
        count += waits ? 1 : -1;
      };
    },
  };
}
