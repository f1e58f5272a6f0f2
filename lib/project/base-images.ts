import { DockerfileParser, From, ModifiableInstruction } from "dockerfile-ast";
import type { BaseImages } from "../model/sources.ts";

/**
 * The images that a build of a Dockerfile pulls, of whatever stage: what FROM, COPY --from and RUN --mount name, and the
 * frontend of a line `# syntax=`.
 */
export function baseImages(text: string): BaseImages {
  const dockerfile = DockerfileParser.parse(text);
  const images: { image: string; line: number }[] = [];
  for (const directive of dockerfile.getDirectives()) {
    if (directive.getName().toLowerCase() === "syntax") images.push({ image: directive.getValue(), line: 1 });
  }
  const stages = new Set<string>();
  const isStage = (name: string) => stages.has(name.toLowerCase()) || /^\d+$/.test(name);
  for (const instruction of dockerfile.getInstructions()) {
    const line = instruction.getRange().start.line + 1;
    if (instruction instanceof From) {
      const image = instruction.getImage() ?? "";
      if (image !== "scratch" && !isStage(image)) images.push({ image, line });
      stages.add(instruction.getBuildStage()?.toLowerCase() ?? "");
      continue;
    }
    const flags = instruction instanceof ModifiableInstruction ? instruction.getFlags() : [];
    for (const flag of flags) {
      const value = flag.getValue() ?? "";
      const [, from] =
        flag.getName() === "from"
          ? ["", value]
          : (/(?:^|,)from=([^,]+)/.exec(flag.getName() === "mount" ? value : "") ?? []);
      if (from !== undefined && from !== "" && !isStage(from)) images.push({ image: from, line });
    }
  }
  const defaults = dockerfile.getInitialARGs().flatMap((arg) => {
    const property = arg.getProperty();
    return property === null ? [] : [[property.getName(), property.getValue() ?? ""] as const];
  });
  return { images, defaults: Object.fromEntries(defaults) };
}
