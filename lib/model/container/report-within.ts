/** Takes a problem with an option of a container: its place within that option, and what is wrong, in words. */
export type ReportWithin = (path: readonly PropertyKey[], message: string) => void;
