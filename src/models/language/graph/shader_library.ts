/** Functions of shaders/language/functions.wgsl, cut out with what they call and renamed, so that a text stands by itself. */

interface LibraryFunction {
  readonly text: string;
  /** Functions of the library that it calls. */
  readonly calls: readonly string[];
}

const read = new Map<string, ReadonlyMap<string, LibraryFunction>>();

/** The functions of a library by name, in order; read once. */
function functionsOf(library: string): ReadonlyMap<string, LibraryFunction> {
  const known = read.get(library);
  if (known) return known;
  const texts = new Map(functionTexts(library).map(text => [/^fn (\w+)/.exec(text)![1], text]));
  const functions = new Map(
    [...texts].map(([name, text]) => {
      const words = new Set(text.match(/\b[a-z]\w*(?=\()/g));
      return [name, { text, calls: [...words].filter(word => word !== name && texts.has(word)) }];
    }),
  );
  read.set(library, functions);
  return functions;
}

/** The functions of a text, found by their braces. */
function functionTexts(text: string): string[] {
  const found: string[] = [];
  for (const { index } of text.matchAll(/^fn /gm)) {
    let depth = 0;
    let end = text.indexOf("{", index);
    do {
      if (text[end] === "{") depth++;
      if (text[end] === "}") depth--;
      end++;
    } while (depth > 0);
    found.push(text.slice(index, end));
  }
  return found;
}

/**
 * The functions named and all that they call, each with the prefix before its name.
 * @param library the text of shaders/language/functions.wgsl
 */
export function libraryText(library: string, names: Iterable<string>, prefix: string): string {
  const functions = functionsOf(library);
  const wanted = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (wanted.has(name)) continue;
    const found = functions.get(name);
    if (found === undefined) throw new Error(`no ${name} in shaders/language/functions.wgsl`);
    wanted.add(name);
    open.push(...found.calls);
  }
  const renamed = (text: string): string =>
    text.replace(/\b[a-z]\w*(?=\()/g, word => (wanted.has(word) ? prefix + word : word));
  return [...functions].flatMap(([name, { text }]) => (wanted.has(name) ? [renamed(text)] : [])).join("\n");
}
