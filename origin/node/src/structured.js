// Structured Fields (RFC 9651), read as strictly as a signature deserves.
//
// Text is a string in which each character is one byte (Latin-1), as Node hands headers over. What RFC 9651 lets a parser take
// or leave is left: base64 without padding, or with bits behind its end. A value is `{ type, value }`: `integer`, `decimal`,
// `string`, `token`, `bytes`, `boolean`, `date`, `display`. Parameters are a Map of such values.

/** The text is no such field. */
export class Malformed extends Error {}

/**
 * All members in order, each with its key, what stands there, and the text behind `key=`. A key that comes twice is there
 * twice: who wants RFC 9651's meaning takes the last.
 */
export function parseDictionary(text) {
  return all(text, (reader) => reader.member());
}

/** The members of a list. */
export function parseList(text) {
  return all(text, (reader) => reader.itemOrList());
}

/** A single item. */
export function parseItem(text) {
  const reader = new Reader(text);
  reader.skip(SPACES);
  const item = reader.item();
  reader.skip(SPACES);
  if (!reader.atEnd()) throw new Malformed("something follows the item");
  return item;
}

function all(text, member) {
  const reader = new Reader(text);
  const members = [];
  reader.skip(SPACES);
  while (!reader.atEnd()) {
    members.push(member(reader));
    if (!reader.comma()) break;
  }
  return members;
}

const SPACES = / */y;
const BLANKS = /[ \t]*/y;
const KEY = /[a-z*][a-z0-9_\-.*]*/y;
const NUMBER = /(-?)([0-9]+)(?:\.([0-9]*))?/y;
const STRING = /"((?:[ !#-[\]-~]|\\["\\])*)"/y;
const TOKEN = /[A-Za-z*][A-Za-z0-9!#$%&'*+\-.^_`|~:/]*/y;
const BYTES = /:([A-Za-z0-9+/]*={0,2}):/y;
const BOOLEAN = /\?[01]/y;
const DISPLAY = /%"((?:[ !#$&-~]|%[0-9a-f]{2})*)"/y;

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  atEnd() {
    return this.at === this.text.length;
  }

  skip(pattern) {
    pattern.lastIndex = this.at;
    pattern.exec(this.text);
    this.at = pattern.lastIndex;
  }

  take(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) throw new Malformed(`nothing that fits at character ${this.at}`);
    this.at = pattern.lastIndex;
    return found;
  }

  nextIs(wanted) {
    if (this.text[this.at] !== wanted) return false;
    this.at += 1;
    return true;
  }

  /** Between members; false at the end of the last one. */
  comma() {
    this.skip(BLANKS);
    if (this.atEnd()) return false;
    if (!this.nextIs(",")) throw new Malformed(`no comma at character ${this.at}`);
    this.skip(BLANKS);
    if (this.atEnd()) throw new Malformed("a comma at the end");
    return true;
  }

  member() {
    const [key] = this.take(KEY);
    let begin = this.at;
    let value;
    if (this.nextIs("=")) {
      begin = this.at;
      value = this.itemOrList();
    } else {
      value = { type: "boolean", value: true, parameters: this.parameters() };
    }
    return { key, value, text: this.text.slice(begin, this.at) };
  }

  itemOrList() {
    if (!this.nextIs("(")) return this.item();
    const items = [];
    for (;;) {
      this.skip(SPACES);
      if (this.nextIs(")")) return { type: "list", items, parameters: this.parameters() };
      items.push(this.item());
      if (this.text[this.at] !== " " && this.text[this.at] !== ")") throw new Malformed(`neither a space nor a bracket at character ${this.at}`);
    }
  }

  item() {
    return { ...this.bareItem(), parameters: this.parameters() };
  }

  parameters() {
    const found = new Map();
    while (this.nextIs(";")) {
      this.skip(SPACES);
      const [key] = this.take(KEY);
      found.set(key, this.nextIs("=") ? this.bareItem() : { type: "boolean", value: true });
    }
    return found;
  }

  bareItem() {
    const first = this.text[this.at];
    if (first === '"') return { type: "string", value: this.take(STRING)[1].replace(/\\(.)/g, "$1") };
    if (first === ":") return { type: "bytes", value: decoded(this.take(BYTES)[1]) };
    if (first === "?") return { type: "boolean", value: this.take(BOOLEAN)[0] === "?1" };
    if (first === "%") return { type: "display", value: display(this.take(DISPLAY)[1]) };
    if (first === "@") return this.date();
    if (first !== undefined && "-0123456789".includes(first)) return this.number();
    return { type: "token", value: this.take(TOKEN)[0] };
  }

  date() {
    this.at += 1;
    const number = this.number();
    if (number.type !== "integer") throw new Malformed("a date with a fraction");
    return { type: "date", value: number.value };
  }

  number() {
    const [text, , whole, fraction] = this.take(NUMBER);
    if (fraction === undefined) {
      if (whole.length > 15) throw new Malformed("an integer of more than 15 digits");
      // `+ 0` for -0, which JavaScript tells from 0 and RFC 9651 does not.
      return { type: "integer", value: Number(text) + 0 };
    }
    if (whole.length > 12 || fraction.length < 1 || fraction.length > 3) throw new Malformed("a decimal of more than 12 digits, or not with 1 to 3 behind the point");
    return { type: "decimal", value: Number(text) + 0 };
  }
}

function decoded(text) {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw new Malformed("base64 without its padding, or with bits behind its end");
  return bytes;
}

function display(text) {
  const octets = Buffer.from(text.replace(/%([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))), "latin1");
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    throw new Malformed("a display string that is not UTF-8");
  }
}
