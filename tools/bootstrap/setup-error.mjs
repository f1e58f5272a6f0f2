/** A trouble that the user can do something about: its message is all that is shown, without a stack. */
export class SetupError extends Error {
  /** Whether a step's line has shown it already. */
  reported = false;

  /** @param {string} message what is wrong, where, and what to do @param {{ cause?: unknown }} [options] */
  constructor(message, options) {
    super(message, options);
    this.name = "SetupError";
  }
}
