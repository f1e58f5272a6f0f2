/** Where the coordinator listens, inside its container. A file of its own: the relay loads nothing else. */
export const controlSocket = "/run/phasegate/control.sock";
