/**
 * A reader of the YAML that this project's own files use: block and flow collections, plain and quoted scalars, `|` and `>`,
 * comments, several documents. What it does not know (anchors, tags, tabs, a key twice) it refuses.
 *
 * @module
 */

export type Yaml = string | number | boolean | null | readonly Yaml[] | YamlMap;

export interface YamlMap {
  readonly [key: string]: Yaml;
}

export function parseYaml(text: string): Yaml[] {
  return text.split(/^---$/m).filter((document) => /^\s*[^\s#]/m.test(document)).map((document) =>
    new Reader(document.split("\n")).document()
  );
}

interface Line {
  readonly indent: number;
  readonly text: string;
}

class Reader {
  readonly #raw: readonly string[];
  #at = 0;
  /** What is left of a line whose first part, as `- `, has been read. */
  #rest: Line | undefined;

  constructor(raw: readonly string[]) {
    this.#raw = raw;
  }

  document(): Yaml {
    const value = this.#block(0);
    if (this.#peek()) this.#fail("this line belongs to nothing before it");
    return value;
  }

  /** The next line that says something. */
  #peek(): Line | undefined {
    if (this.#rest) return this.#rest;
    for (; this.#at < this.#raw.length; this.#at++) {
      const raw = this.#raw[this.#at] ?? "";
      if (raw.includes("\t")) this.#fail("a tab");
      const text = withoutComment(raw).trimEnd();
      if (text.trim() !== "") {
        return { indent: text.length - text.trimStart().length, text: text.trimStart() };
      }
    }
    return undefined;
  }

  #next(): Line {
    const line = this.#peek();
    if (!line) return this.#fail("the end of the text");
    if (this.#rest) this.#rest = undefined;
    this.#at++;
    return line;
  }

  #fail(what: string): never {
    throw new SyntaxError(`Line ${this.#at + 1}: ${what}`);
  }

  #block(indent: number): Yaml {
    const line = this.#peek();
    if (!line || line.indent < indent) return null;
    if (/^-( |$)/.test(line.text)) return this.#sequence(line.indent);
    if (keyOf(line.text)) return this.#mapping(line.indent);
    return this.#inline(this.#next());
  }

  #sequence(indent: number): Yaml[] {
    const items: Yaml[] = [];
    for (let line = this.#peek(); line?.indent === indent; line = this.#peek()) {
      if (!/^-( |$)/.test(line.text)) break;
      const text = line.text.slice(1).trimStart();
      if (text === "") {
        this.#next();
        items.push(this.#block(indent + 1));
      } else {
        this.#rest = { indent: indent + line.text.length - text.length, text };
        items.push(this.#block(indent + 1));
      }
    }
    return items;
  }

  #mapping(indent: number): YamlMap {
    const map: Record<string, Yaml> = {};
    for (let line = this.#peek(); line && line.indent >= indent; line = this.#peek()) {
      const found = keyOf(line.text);
      if (!found || line.indent !== indent) this.#fail("no key of this mapping");
      if (Object.hasOwn(map, found.key)) this.#fail(`the key ${found.key} a second time`);
      this.#next();
      map[found.key] = this.#valueOf(found.rest, indent);
    }
    return map;
  }

  #valueOf(text: string, indent: number): Yaml {
    if (/^[|>][-+]?$/.test(text)) return this.#scalar(text, indent);
    if (text !== "") return this.#inline({ indent, text });
    const line = this.#peek();
    // A list may stand at the indentation of its key.
    if (line?.indent === indent && /^-( |$)/.test(line.text)) return this.#sequence(indent);
    return this.#block(indent + 1);
  }

  /** `|` or `>`: its lines are text, comments and all. */
  #scalar(style: string, indent: number): string {
    const lines: string[] = [];
    for (; this.#at < this.#raw.length; this.#at++) {
      const raw = this.#raw[this.#at] ?? "";
      if (raw.trim() !== "" && raw.length - raw.trimStart().length <= indent) break;
      lines.push(raw);
    }
    const depth = Math.min(
      ...lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/)),
    );
    const text = lines.map((line) => line.slice(depth)).join(style.startsWith(">") ? " " : "\n")
      .trimEnd();
    return style.endsWith("-") ? text : `${text}\n`;
  }

  /** A value on one line, or a flow collection that goes on until its brackets are closed. */
  #inline({ text }: Line): Yaml {
    let flow = text;
    while (/^[[{]/.test(flow) && depthOf(flow) > 0) flow += ` ${this.#next().text}`;
    const reader = new FlowReader(flow, (what) => this.#fail(what));
    return reader.all();
  }
}

/** A flow collection or a scalar. */
class FlowReader {
  #rest: string;
  readonly #fail: (what: string) => never;

  constructor(text: string, fail: (what: string) => never) {
    this.#rest = text.trim();
    this.#fail = fail;
  }

  all(): Yaml {
    const isCollection = /^[[{]/.test(this.#rest);
    const value = isCollection ? this.#value() : this.#scalar(/^.+$/);
    if (this.#rest !== "") this.#fail(`"${this.#rest}" after a value`);
    return value;
  }

  #take(pattern: RegExp): string | undefined {
    const found = pattern.exec(this.#rest)?.[0];
    if (found !== undefined) this.#rest = this.#rest.slice(found.length).trimStart();
    return found;
  }

  #value(): Yaml {
    if (this.#take(/^\{/)) return this.#map();
    if (this.#take(/^\[/)) return this.#list();
    return this.#scalar(/^[^,\]}]+/);
  }

  #map(): YamlMap {
    const map: Record<string, Yaml> = {};
    while (!this.#take(/^\}/)) {
      const key = String(this.#scalar(/^[^,\]}:]+(?::(?! )[^,\]}:]*)*/));
      if (!this.#take(/^:/)) this.#fail(`no colon after ${key}`);
      if (Object.hasOwn(map, key)) this.#fail(`the key ${key} a second time`);
      map[key] = this.#value();
      if (!this.#take(/^,/) && !this.#rest.startsWith("}")) this.#fail("no comma");
    }
    return map;
  }

  #list(): Yaml[] {
    const list: Yaml[] = [];
    while (!this.#take(/^\]/)) {
      list.push(this.#value());
      if (!this.#take(/^,/) && !this.#rest.startsWith("]")) this.#fail("no comma");
    }
    return list;
  }

  #scalar(plain: RegExp): Yaml {
    const double = this.#take(/^"(?:[^"\\]|\\.)*"/);
    if (double !== undefined) return JSON.parse(double);
    const single = this.#take(/^'(?:[^']|'')*'/);
    if (single !== undefined) return single.slice(1, -1).replaceAll("''", "'");
    const text = this.#take(plain)?.trimEnd();
    if (text === undefined || /^[&*!%@`"']/.test(text)) return this.#fail(`cannot read ${text}`);
    if (/^(null|~)$/.test(text)) return null;
    if (/^(true|false)$/.test(text)) return text === "true";
    if (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(text)) return Number(text);
    return text;
  }
}

function keyOf(text: string): { readonly key: string; readonly rest: string } | undefined {
  const match = /^(?:"([^"]*)"|'([^']*)'|([^\s"'[{#&*!|>%@`-][^#]*?|-[^\s][^#]*?)):(?: +(.*))?$/
    .exec(
      text,
    );
  if (!match) return undefined;
  return { key: match[1] ?? match[2] ?? match[3] ?? "", rest: match[4] ?? "" };
}

/** How many brackets of a flow collection are open. */
function depthOf(text: string): number {
  const bare = text.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/g, "");
  return bare.split(/[[{]/).length - bare.split(/[\]}]/).length;
}

/** A comment begins with `#` at the start or after a space, and not in quotes. */
function withoutComment(line: string): string {
  const match = /^((?:[^"'#]|(?<=\S)['"#]|"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')*?)(?:(?<=^|\s)#.*)$/
    .exec(
      line,
    );
  return match?.[1] ?? line;
}
