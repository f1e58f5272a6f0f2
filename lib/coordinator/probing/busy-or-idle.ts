/** What is used by several at a time, and looked after in one way while anybody uses it and in another while nobody does. */
export interface BusyOrIdle {
  /** One more uses it, until the returned function is called. */
  readonly hold: () => () => void;
  readonly isBusy: () => boolean;
  /** Looks after it no longer. */
  readonly close: () => void;
}

/** It begins idle, and unattended. Each kind of care is given a signal that aborts when the other one begins. */
export function busyOrIdle(care: {
  readonly busy: (signal: AbortSignal) => void;
  readonly idle: (signal: AbortSignal) => void;
}): BusyOrIdle {
  let holders = 0;
  let isClosed = false;
  let phase = new AbortController();
  const begin = (look: (signal: AbortSignal) => void) => {
    phase.abort();
    if (isClosed) return;
    phase = new AbortController();
    look(phase.signal);
  };
  return {
    hold: () => {
      if (++holders === 1) begin(care.busy);
      return () => {
        if (--holders === 0) begin(care.idle);
      };
    },
    isBusy: () => holders > 0,
    close: () => {
      isClosed = true;
      phase.abort();
    },
  };
}
