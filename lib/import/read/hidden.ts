/**
 * What stands in a text while a file is read, in the place of a variable that holds a secret: the variable's
 * name between two characters for private use. So no value of such a variable ever enters the program's data,
 * let alone its output.
 */
const open = "\uE000";
const close = "\uE001";
const hidden = new RegExp(`${open}([^${close}]*)${close}`, "g");

/** The text that stands for a variable's value. */
export function hide(variable: string): string {
  return `${open}${variable}${close}`;
}

/** The variable, where the whole text stands for one. */
export function hiddenVariable(text: string): string | undefined {
  const [whole, variable] = new RegExp(hidden.source).exec(text) ?? [];
  return whole === text ? variable : undefined;
}

/** Whether some part of a text stands for a variable. */
export function hidesSomething(text: string): boolean {
  return text.includes(open);
}

/** The text as a message may show it, with the variables written as in the file. */
export function shown(text: string): string {
  return text.replace(hidden, "$${$1}");
}

/** A text from outside, without what only {@link hide} may write. */
export function cleaned(text: string): string {
  return text.replaceAll(open, "").replaceAll(close, "");
}
