/**
 * The statuses of a service that does not know the path, or who asks. A service that starts may answer so for
 * a while; one that answers other paths well will go on.
 */
export const statusesOfStrangers: ReadonlySet<number> = new Set([401, 403, 404, 405, 410]);
