import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

type Value = Readonly<Record<string, unknown>>;

/** What dynalite's parsers are given beside the text. */
interface Context {
  readonly attrNames?: Readonly<Record<string, string>> | null;
  readonly attrVals?: Readonly<Record<string, Value>> | null;
  readonly unusedAttrNames: Record<string, true>;
  readonly unusedAttrVals: Record<string, true>;
}

export interface Parser {
  /** @returns the expression's tree, or what is wrong with it */
  parse(text: string, options: { readonly context: Context }): unknown;
}

/** Where a value was in a tree. */
class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A tree with slots in the place of values, and the names and values that it uses. */
interface Known {
  readonly tree: unknown;
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** A catalog has a few dozen expressions; one whose text differs each time must not fill the memory. */
const MOST = 500;

/** Their values decide whether they are right, not only the types of these. */
const JUDGED_BY_VALUE = /between|attribute_type/i;

/**
 * dynalite parses each expression anew, which takes it longer than all else it does for an update. Here the trees of those
 * that were right are kept, and only the values in them are exchanged.
 */
export function letDynaliteKnowExpressions(): void {
  for (const name of ['conditionParser', 'updateParser']) {
    const parser = require(`dynalite/db/${name}`) as Parser;
    const { parse } = knowing(parser);
    Object.assign(parser, { parse });
  }
}

/** The same parser with a memory. */
export function knowing({ parse }: Parser): Parser {
  const known = new Map<string, Known>();
  return {
    parse: (text, options) => {
      if (JUDGED_BY_VALUE.test(text)) return parse(text, options);
      const { context } = options;
      const key = keyOf(text, context);
      const found = known.get(key);
      if (found) return filled(found, context);
      const unused = {
        unusedAttrNames: truesOf(context.attrNames),
        unusedAttrVals: truesOf(context.attrVals),
      };
      const tree = parse(text, { context: { ...context, ...unused } });
      if (typeof tree === 'string') return tree;
      const read = {
        tree: slotted(tree, context),
        names: Object.keys(context.attrNames ?? {}).filter((name) => !unused.unusedAttrNames[name]),
        values: Object.keys(context.attrVals ?? {}).filter((name) => !unused.unusedAttrVals[name]),
      };
      if (known.size < MOST) known.set(key, read);
      return filled(read, context);
    },
  };
}

function truesOf(named: object | null | undefined): Record<string, true> {
  return Object.fromEntries(Object.keys(named ?? {}).map((name) => [name, true]));
}

/** Names decide over a tree, and of values their types. */
function keyOf(text: string, { attrNames, attrVals }: Context): string {
  let key = text;
  for (const name in attrNames) key += `\n${name} ${attrNames[name]}`;
  for (const name in attrVals) {
    key += `\n${name}`;
    for (const type in attrVals[name]) key += ` ${type}`;
  }
  return key;
}

function slotted(tree: unknown, { attrVals }: Context): unknown {
  const slots = new Map<unknown, Slot>();
  for (const name in attrVals) slots.set(attrVals[name], new Slot(name));
  return copied(tree, (part) => slots.get(part));
}

function filled({ tree, names, values }: Known, context: Context): unknown {
  for (const name of names) delete context.unusedAttrNames[name];
  for (const name of values) delete context.unusedAttrVals[name];
  return copied(tree, (part) => (part instanceof Slot ? context.attrVals?.[part.name] : undefined));
}

/** @param instead what goes where a part of the tree is, unless a copy of that does */
function copied(part: unknown, instead: (part: object) => object | undefined): unknown {
  if (typeof part !== 'object' || part === null) return part;
  const other = instead(part);
  if (other !== undefined) return other;
  if (Array.isArray(part)) return part.map((item) => copied(item, instead));
  const copy = Object.create(Object.getPrototypeOf(part) as object | null) as Record<string, unknown>;
  for (const name of Object.keys(part)) copy[name] = copied((part as Record<string, unknown>)[name], instead);
  return copy;
}
