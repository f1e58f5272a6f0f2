import type { Report } from "../read/note.ts";
import { composeBytes } from "../read/compose-bytes.ts";
import type { Carrier } from "./carried.ts";
import type { Kinded } from "./kinds.ts";

const megabyte = 1024 ** 2;
/** How many files the drivers keep that have a limit of their size and none of their number. */
const filesOf = { "json-file": 1, local: 5 } as const;

/** Carries over where a service's output is kept, and how much of it. */
export function carryLogging({ name, service }: Kinded, carrier: Carrier, note: Report): void {
  const place = `services.${name}.logging`;
  const { driver = "json-file", options } = (service["logging"] ?? {}) as {
    readonly driver?: unknown;
    readonly options?: Readonly<Record<string, unknown>> | null;
  };
  if (service["logging"] === undefined || driver === "") return;
  const texts = Object.entries(options ?? {}).map(([key, value]) => [key, String(value)] as const);
  if (driver !== "json-file" && driver !== "local") {
    carrier.value("logging", "logging", {
      driver,
      ...(texts.length > 0 && { options: Object.fromEntries(texts) }),
    });
    return;
  }
  const { "max-size": size, "max-file": files, ...others } = Object.fromEntries(texts);
  const maxSize = size === undefined || size === "-1" ? undefined : megabytes(size);
  // Without a limit compose's files grow without end, and so nothing is lost by what stands here by default.
  const logging = {
    ...(driver !== "json-file" && { driver }),
    ...(maxSize !== undefined && { maxSize, maxFiles: Number(files ?? filesOf[driver]) }),
    ...(Object.keys(others).length > 0 && { options: others }),
  };
  if (Object.keys(logging).length > 0) carrier.value("logging", "logging", logging);

  function megabytes(text: string): string | undefined {
    const bytes = composeBytes(text);
    if (bytes === undefined) {
      note("lost", `${place}.max-size`, 'is no size: write it as "10mb"');
      return undefined;
    }
    const mb = Math.max(1, Math.ceil(bytes / megabyte));
    if (mb * megabyte !== bytes)
      note("changed", `${place}.max-size`, `is ${mb}mb here: sizes are whole megabytes`);
    return mb % 1024 === 0 ? `${mb / 1024}gb` : `${mb}mb`;
  }
}
