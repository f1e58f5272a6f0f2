import type { Alias, Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { errorText } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { Problem } from "../../core/problem.ts";
import { plainScalar } from "./plain-scalar.ts";

/** A place in a file: the keys and positions that lead there. */
export type Path = readonly (string | number)[];

/** What a compose file says, before anything is filled in or checked. */
export interface ComposeYaml {
  readonly value: Json;
  /** The places marked `!reset` or `!override`: what an earlier file says there does not count. */
  readonly resets: readonly Path[];
  /** The places of values that are no texts and, where one is wanted, are spelled otherwise than in the file. */
  readonly respelled: readonly Path[];
  /** The line of a place; of what holds it, where the place itself is not written. */
  lineOf(path: Path): number;
  /** All places that are written, each with its line. */
  readonly lines: ReadonlyMap<string, number>;
  readonly problems: readonly Problem[];
}

/** A place as {@link ComposeYaml.lines} has it. */
export function pathKey(path: Path): string {
  return JSON.stringify(path);
}

/** How many values a file may come to once its aliases are filled in: enough for any real file, too few to fill a memory. */
const maxValues = 50_000;
/** How deep values may lie within each other. */
const maxDepth = 60;
const tooDeep = `values lie more than ${maxDepth} deep: this file is refused`;
/** A parser that has lost its way finds a problem in every line. */
const maxProblems = 10;

/** Thrown to leave the walk at once: what follows would only repeat the problem. */
class TooMuch extends Error {}

/**
 * Parses a compose file: YAML 1.2 with merge keys (`<<`), and compose's tags `!reset` and `!override`. Nothing in
 * a file is executed, and what its aliases come to is bounded.
 * @param file its name, for messages
 */
export function parseComposeYaml(text: string, file: string): ComposeYaml {
  const lines = new LineCounter();
  const known = new Map<string, number>([[pathKey([]), 1]]);
  const lineOf = (path: Path): number => known.get(pathKey(path)) ?? lineOf(path.slice(0, -1));
  const problem = (line: number, message: string): Problem => ({ path: `${file}:${line}`, message });
  const failed = (problems: readonly Problem[]): ComposeYaml => ({
    value: null,
    resets: [],
    respelled: [],
    lineOf,
    lines: known,
    problems,
  });

  if (nestingOf(text) > maxDepth) return failed([problem(1, tooDeep)]);
  // That keys are unique is checked here: the parser takes time with the square of their number for it.
  const { errors, contents } = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
  });
  if (errors.some((error) => errorText(error).includes("call stack"))) return failed([problem(1, tooDeep)]);
  if (errors.length > 0)
    return failed(
      errors
        .slice(0, maxProblems)
        .map((error) => problem(lines.linePos(error.pos[0]).line, errorText(error))),
    );
  const walk = walker(lines, known, problem);
  try {
    const value = contents === null ? null : walk.value(contents, []);
    return {
      value,
      resets: walk.resets,
      respelled: walk.respelled,
      lineOf,
      lines: known,
      problems: walk.problems,
    };
  } catch (error) {
    if (error instanceof TooMuch) return failed([...walk.problems, problem(1, error.message)]);
    throw error;
  }
}

function walker(
  lines: LineCounter,
  known: Map<string, number>,
  problem: (line: number, message: string) => Problem,
) {
  const resets: Path[] = [];
  const respelled: Path[] = [];
  const problems: Problem[] = [];
  const anchors = new Map<string, Node>();
  let values = 0;
  let aliases = 0;

  const lineAt = (node: Node): number => (node.range ? lines.linePos(node.range[0]).line : 1);

  const value = (node: Node, path: Path): Json => {
    values += 1;
    if (values > maxValues)
      throw new TooMuch(`it comes to more than ${maxValues} values, aliases filled in: this file is refused`);
    if (path.length > maxDepth) throw new TooMuch(tooDeep);
    if (!known.has(pathKey(path))) known.set(pathKey(path), lineAt(node));
    if (isAlias(node)) return aliased(node, (original) => value(original, path));
    if ("anchor" in node && node.anchor !== undefined && aliases === 0) anchors.set(node.anchor, node);
    checkTag(node, path);
    if (isMap(node)) return mapping(node, path);
    if (isSeq(node)) return sequence(node, path);
    return isScalar(node) ? scalar(node, path) : null;
  };

  const scalar = (node: Scalar, path: Path): Json => {
    const { source = "", type, tag } = node;
    if (tag === "tag:yaml.org,2002:binary") return Buffer.from(source, "base64").toString("utf8");
    if (type !== "PLAIN" || tag === "tag:yaml.org,2002:str") return source;
    const read = plainScalar(source);
    if ("problem" in read) {
      problems.push(problem(lineAt(node), read.problem));
      return null;
    }
    if (read.value !== null && String(read.value) !== source) respelled.push(path);
    return read.value;
  };

  // The document is walked in its order, so that an anchor is known before its aliases, and the last of a name counts.
  const aliased = <T>(alias: Alias, read: (original: Node) => T): T => {
    const original = anchors.get(alias.source);
    if (original === undefined) throw new TooMuch(`there is no anchor &${alias.source}`);
    if (aliases > maxDepth) throw new TooMuch(tooDeep);
    aliases += 1;
    try {
      return read(original);
    } finally {
      aliases -= 1;
    }
  };

  const checkTag = (node: Node & { tag?: string }, path: Path): void => {
    const { tag } = node;
    if (tag === "!reset" || tag === "!override") resets.push(path);
    else if (
      tag !== undefined &&
      !/^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq|binary)$/.test(tag)
    )
      problems.push(problem(lineAt(node), `the tag ${tag} is not one of compose's: !reset, !override`));
  };

  const sequence = (node: YAMLSeq, path: Path): Json =>
    node.items.map((item, i) => value(item as Node, [...path, i]));

  const mapping = (node: YAMLMap, path: Path): Json => {
    const own: [string, Json][] = [];
    const merged: [string, Json][][] = [];
    const names = new Set<string>();
    for (const { key, value: content } of node.items as Pair<Node, Node | null>[]) {
      const name = keyText(key);
      if (name === "<<" && isMergeKey(key)) {
        if (names.has(name))
          problems.push(problem(lineAt(key), "the key << is there twice: list what is merged, <<: [*a, *b]"));
        names.add(name);
        merged.push(...mergedSources(content, path));
        continue;
      }
      if (names.has(name)) problems.push(problem(lineAt(key), `the key ${name} is there twice`));
      names.add(name);
      const at = [...path, name];
      if (content === null) known.set(pathKey(at), lineAt(key));
      const isReset = content !== null && (content as { tag?: string }).tag === "!reset";
      const read = content === null ? null : value(content, at);
      // What is reset is left out: the merge takes it away from the files before.
      if (!isReset) own.push([name, read]);
    }
    // The first of several merged mappings wins, and a key that is written out wins over all of them.
    return Object.fromEntries([...merged.reverse().flat(), ...own]);
  };

  const mergedSources = (content: Node | null, path: Path): [string, Json][][] => {
    if (content === null) return [];
    if (isAlias(content)) return aliased(content, (original) => mergedSources(original, path));
    if (isSeq(content)) return (content.items as Node[]).flatMap((item) => mergedSources(item, path));
    if (isMap(content)) return [Object.entries(value(content, path) as Record<string, Json>)];
    problems.push(problem(lineAt(content), "<< merges mappings only"));
    return [];
  };

  const keyText = (key: Node): string => {
    if (isAlias(key)) return aliased(key, keyText);
    if (isScalar(key)) return String(key.value);
    problems.push(problem(lineAt(key), "a key must be a text"));
    return "";
  };

  return { value, resets, respelled, problems };
}

function isMergeKey(key: Node): boolean {
  return isScalar(key) && (key.type === "PLAIN" || key.type === undefined);
}

/** How deep a text may nest at most, by its brackets and its indentation: the parser itself must not run out of stack. */
function nestingOf(text: string): number {
  let open = 0;
  let deepest = 0;
  for (const line of text.split("\n")) {
    // "- - - -" and "? ? ? ?" nest without a bracket.
    const dashes = /^[\s\-?]*/.exec(line)?.[0].replace(/\s/g, "").length ?? 0;
    deepest = Math.max(deepest, dashes);
    for (const char of line) {
      if (char === "[" || char === "{") deepest = Math.max(deepest, ++open);
      else if ((char === "]" || char === "}") && open > 0) open -= 1;
    }
  }
  return deepest;
}
