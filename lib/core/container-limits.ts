/** The limits of a container that can change while it runs. What is absent is not limited. */
export interface ContainerLimits {
  /** In bytes, as is the reservation. */
  readonly memory?: number;
  readonly memoryReservation?: number;
  /** How many CPUs: 1.5. */
  readonly cpus?: number;
  /** How many processes and threads. */
  readonly pids?: number;
}
