import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type ts from "typescript";

/** Where a phase's timeout is written in a declaration, or why it is not found. */
export type DeclaredTimeout =
  | {
      /** From the project's folder: "stacks/netra.ts". */
      readonly file: string;
      /** The literal's place in the file's text, quotes included. */
      readonly start: number;
      readonly end: number;
    }
  | { readonly missing: string };

/** A source file of the declarations, as read. */
export interface DeclarationSource {
  readonly file: string;
  readonly text: string;
}

/** The TypeScript files in the folder `stacks`. */
export async function declarationSources(root: string): Promise<DeclarationSource[]> {
  const names = await readdir(join(root, "stacks"), { recursive: true });
  const files = names.filter((name) => /\.[mc]?ts$/.test(name)).sort();
  return Promise.all(
    files.map(async (name) => ({
      file: `stacks/${name.replaceAll("\\", "/")}`,
      text: await readFile(join(root, "stacks", name), "utf8"),
    })),
  );
}

/**
 * Finds where the timeouts of a declaration's phases are written, by parsing the sources: a call of
 * `defineStack({ name, phases: { PHASE: { timeout: "180s" } } })`, whose parts may also be constants of the same
 * file. What is computed in any other way is not found, and left alone.
 */
export async function declaredTimeouts(
  sources: readonly DeclarationSource[],
  declaration: string,
  phases: readonly string[],
): Promise<Record<string, DeclaredTimeout>> {
  const { default: compiler } = await import("typescript");
  const found = sources.flatMap((source) => stacksIn(compiler, source, declaration));
  const [stack] = found;
  const files = found.map(({ file }) => file).join(", ");
  return Object.fromEntries(
    phases.map((phase): [string, DeclaredTimeout] => {
      if (stack === undefined)
        return [phase, { missing: `no file in stacks calls defineStack({ name: "${declaration}", ... })` }];
      if (found.length > 1)
        return [phase, { missing: `"${declaration}" is declared more than once: ${files}` }];
      return [phase, timeoutIn(compiler, stack, phase)];
    }),
  );
}

/** The argument of a defineStack(), and what its names mean. */
interface FoundStack {
  readonly file: string;
  readonly source: ts.SourceFile;
  readonly declaration: ts.ObjectLiteralExpression;
  readonly constants: Constants;
}

/** The initial values of the constants at the top of a file. */
type Constants = ReadonlyMap<string, ts.Expression>;

function stacksIn(compiler: typeof ts, { file, text }: DeclarationSource, name: string): FoundStack[] {
  const source = compiler.createSourceFile(file, text, compiler.ScriptTarget.Latest, true);
  const constants = constantsOf(compiler, source);
  const defines = namesOfDefineStack(compiler, source);
  const found: FoundStack[] = [];
  const visit = (node: ts.Node): void => {
    if (
      compiler.isCallExpression(node) &&
      compiler.isIdentifier(node.expression) &&
      defines.has(node.expression.text)
    ) {
      const [argument] = node.arguments;
      const declaration = argument && objectOf(compiler, argument, constants);
      const named = declaration && memberOf(compiler, declaration, "name", constants);
      if (declaration && named && compiler.isStringLiteralLike(named) && named.text === name)
        found.push({ file, source, declaration, constants });
    }
    compiler.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Under which names a file imports defineStack. */
function namesOfDefineStack(compiler: typeof ts, source: ts.SourceFile): ReadonlySet<string> {
  const names = source.statements.flatMap((statement) => {
    if (!compiler.isImportDeclaration(statement)) return [];
    const bindings = statement.importClause?.namedBindings;
    if (bindings === undefined || !compiler.isNamedImports(bindings)) return [];
    return bindings.elements
      .filter(({ name, propertyName }) => (propertyName ?? name).text === "defineStack")
      .map(({ name }) => name.text);
  });
  return new Set(names);
}

function constantsOf(compiler: typeof ts, source: ts.SourceFile): Constants {
  const constants = new Map<string, ts.Expression>();
  for (const statement of source.statements) {
    if (!compiler.isVariableStatement(statement)) continue;
    if ((statement.declarationList.flags & compiler.NodeFlags.Const) === 0) continue;
    for (const { name, initializer } of statement.declarationList.declarations)
      if (compiler.isIdentifier(name) && initializer) constants.set(name.text, initializer);
  }
  return constants;
}

function timeoutIn(
  compiler: typeof ts,
  { file, source, declaration, constants }: FoundStack,
  phase: string,
): DeclaredTimeout {
  const within = (object: ts.Expression | undefined, name: string) => {
    const literal = object && objectOf(compiler, object, constants);
    return literal && memberOf(compiler, literal, name, constants);
  };
  const timeout = within(within(within(declaration, "phases"), phase), "timeout");
  if (timeout && compiler.isStringLiteral(timeout))
    return { file, start: timeout.getStart(source), end: timeout.getEnd() };
  return { missing: `its timeout is not written as a text in ${file}` };
}

function objectOf(
  compiler: typeof ts,
  expression: ts.Expression,
  constants: Constants,
): ts.ObjectLiteralExpression | undefined {
  const meant = meaning(compiler, expression, constants);
  return meant && compiler.isObjectLiteralExpression(meant) ? meant : undefined;
}

/** A member's value; undefined when it is not written there, or when a spread behind it may replace it. */
function memberOf(
  compiler: typeof ts,
  object: ts.ObjectLiteralExpression,
  name: string,
  constants: Constants,
): ts.Expression | undefined {
  for (const property of object.properties.toReversed()) {
    if (compiler.isSpreadAssignment(property)) return undefined;
    const key = property.name;
    if (!key || !(compiler.isIdentifier(key) || compiler.isStringLiteralLike(key)) || key.text !== name)
      continue;
    if (compiler.isPropertyAssignment(property)) return meaning(compiler, property.initializer, constants);
    if (compiler.isShorthandPropertyAssignment(property)) return meaning(compiler, property.name, constants);
    return undefined;
  }
  return undefined;
}

/** What an expression stands for: constants followed, types and parentheses taken off. */
function meaning(
  compiler: typeof ts,
  expression: ts.Expression,
  constants: Constants,
  following: ReadonlySet<string> = new Set(),
): ts.Expression | undefined {
  if (
    compiler.isParenthesizedExpression(expression) ||
    compiler.isAsExpression(expression) ||
    compiler.isSatisfiesExpression(expression)
  )
    return meaning(compiler, expression.expression, constants, following);
  if (!compiler.isIdentifier(expression)) return expression;
  const { text } = expression;
  const initial = following.has(text) ? undefined : constants.get(text);
  return initial && meaning(compiler, initial, constants, new Set([...following, text]));
}
