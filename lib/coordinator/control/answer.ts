import type { Method, Request } from "../../model/control.ts";
import type { Events, Results } from "../../model/control-answers.ts";

/**
 * Answers one request. The signal aborts when whoever asked has gone. While whoever asked does not read, an event is not sent, and
 * `onEvent` returns false.
 */
export type Answer = (
  request: Request,
  onEvent: (event: Events[Method]) => boolean | void,
  signal: AbortSignal,
) => Promise<Results[Method]>;
