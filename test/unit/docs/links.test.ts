import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const files = readdirSync(".")
  .concat(readdirSync("docs").map((file) => join("docs", file)))
  .filter((file) => file.endsWith(".md"));

/** A document without its blocks of code, in which nothing is a link or a heading. */
function prose(file: string): string {
  return readFileSync(file, "utf8").replaceAll(/^ *```[^]*?^ *```/gm, "");
}

/** The anchors that GitHub gives to a document's headings. */
function anchors(file: string): Set<string> {
  const headings = [...prose(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(/\s/g, "-"),
    ),
  );
}

test.for(files)("every link of %s within the project leads somewhere", (file) => {
  const links = [...prose(file).matchAll(/\]\((?!https?:)([^)\s#]*)(?:#([^)\s]*))?\)/g)];
  const broken = links.filter(([, path = "", anchor]) => {
    const target = path === "" ? file : join(dirname(file), path);
    if (!existsSync(target)) return true;
    return anchor !== undefined && target.endsWith(".md") && !anchors(target).has(anchor);
  });
  expect(broken.map(([link]) => link)).toEqual([]);
});
