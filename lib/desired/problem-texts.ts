import type { KeptSecrets } from "./desired-store.ts";

/** How the desired state fares. */
export interface Condition {
  /** Why nothing is written at all; undefined while something can be. */
  readonly memoryOnly: { readonly why: string; readonly wasRead: boolean } | undefined;
  /** Why what was kept before is gone. */
  readonly lost: string | undefined;
  /** The services whose records could not be read. */
  readonly unreadable: readonly string[];
  /** What is not on the disk as it should be: nothing but facts where it names no service. */
  readonly behind: { readonly services: readonly string[]; readonly why: string } | undefined;
  /** The secrets of every service that is kept, and why where they are missing. */
  readonly secrets: readonly {
    readonly service: string;
    readonly known: KeptSecrets;
    readonly why: string | undefined;
  }[];
  /** Why no secret is kept; undefined where they are. */
  readonly keyProblem: string | undefined;
}

/** A sentence for each problem. @param up the command that mends it, quoted */
export function problemTexts(
  { memoryOnly, lost, unreadable, behind, secrets, keyProblem }: Condition,
  up: string,
): string[] {
  const sealed = secrets.filter(({ known }) => known === "sealed");
  const reasons = new Set(sealed.map(({ why }) => why));
  const unkept = secrets.filter(({ known }) => known !== "sealed" && Object.keys(known).length > 0);
  return [
    ...(memoryOnly ? [memoryOnlyText(memoryOnly, up)] : []),
    ...(lost === undefined ? [] : [`the desired state is lost: ${lost}. ${up} gives it again`]),
    ...(unreadable.length === 0
      ? []
      : [`what was kept of ${listed(unreadable)} cannot be read. ${up} gives it again`]),
    ...(behind ? [behindText(behind)] : []),
    ...[...reasons].map((reason) => {
      const names = sealed.filter(({ why }) => why === reason).map(({ service }) => service);
      return `the secrets of ${listed(names)} are missing: ${reason}. ${up} gives them again`;
    }),
    ...(keyProblem === undefined || memoryOnly || unkept.length === 0
      ? []
      : [`the secrets of ${listed(unkept.map(({ service }) => service))} are in memory only: ${keyProblem}`]),
  ];
}

function memoryOnlyText({ why, wasRead }: NonNullable<Condition["memoryOnly"]>, up: string): string {
  return wasRead
    ? `changes of the desired state are in memory only, and lost when the coordinator ends: ${why}`
    : `the desired state is in memory only: ${why}. After a restart of the coordinator, ${up} gives it again`;
}

function behindText({ services, why }: NonNullable<Condition["behind"]>): string {
  return services.length === 0
    ? `the desired state cannot be written: ${why}`
    : `the desired state of ${listed(services)} is not on the disk: ${why}`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
