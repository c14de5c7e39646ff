import { concat, hex } from '../../emv/values/index.ts';
import type { Draw } from './draw.ts';
import { type Ingredients, NOTHING_KNOWN } from './ingredients.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { type Branch, placesIn, readTree, writeTree } from './tlv-tree.ts';

/** Changes a data object where it stands. */
type TlvMutation = (siblings: Branch[], at: number, draw: Draw, from: Ingredients) => void;

/** Lengths that do not say how long the value is, in every form that a reader might meet. */
const WRONG_LENGTHS = [
  '00',
  '7F',
  '80',
  '8100',
  '81FF',
  '820000',
  '82FFFF',
  '83000001',
  '83FFFFFF',
  '84FFFFFFFF',
  'FF',
];
/** AFLs that want too much, nothing, the same twice, or files that there are not. */
const AFLS = [
  '',
  '08',
  '0801FF00',
  '0801FFFF',
  '08010100080101000801010008010100',
  '00010100',
  'F8010100',
  '08000000',
  '08020100',
  '09010100',
  '0801010210010300',
  '08011001F0010100',
];
/** Tags that are not the card's to set, and such as a reader may stumble over. */
const FOREIGN_TAGS = [0x9f02, 0x9f37, 0x5f2a, 0x9a, 0x95, 0x8a, 0x91, 0x71, 0x83, 0xdf69, 0x70, 0x77, 0x80, 0xdf8101];
const AFL = 0x94;

const remove: TlvMutation = (siblings, at) => void siblings.splice(at, 1);

function copyOf(branch: Branch): Branch {
  return { ...branch, body: branch.body instanceof Uint8Array ? branch.body : branch.body.map(copyOf) };
}

const bodyBytes = ({ body }: Branch): Uint8Array => (body instanceof Uint8Array ? body : writeTree(body));

/** The value as it would be written, its length field right or not. */
function withLength(form: (length: number) => Uint8Array): TlvMutation {
  return (siblings, at) => {
    const branch = siblings[at];
    if (branch !== undefined) branch.lengthField = form(bodyBytes(branch).length);
  };
}

function withValue(change: (value: Uint8Array, draw: Draw, from: Ingredients, tag: number) => Uint8Array): TlvMutation {
  return (siblings, at, draw, from) => {
    const branch = siblings[at];
    if (branch !== undefined) branch.body = change(bodyBytes(branch), draw, from, branch.tag);
  };
}

const TLV_MUTATIONS: Readonly<{ [name: string]: TlvMutation }> = {
  'leaves out': remove,
  'says twice': (siblings, at) => {
    const branch = siblings[at];
    if (branch !== undefined) siblings.splice(at, 0, copyOf(branch));
  },
  'says twice, differently': (siblings, at, draw) => {
    const branch = siblings[at];
    if (branch === undefined) return;
    siblings.splice(draw.below(siblings.length + 1), 0, {
      tag: branch.tag,
      body: mutateBytes(bodyBytes(branch), draw),
    });
  },
  'changes places': (siblings, at, draw) => {
    const [branch] = siblings.splice(at, 1);
    if (branch !== undefined) siblings.splice(draw.below(siblings.length + 1), 0, branch);
  },
  'changes the value': withValue(mutateBytes),
  'flips a bit of the value': withValue((value, draw) => {
    const changed = value.slice();
    const place = draw.below(value.length);
    if (changed.length > 0) changed[place] = (changed[place] ?? 0) ^ (1 << draw.below(8));
    return changed;
  }),
  'has the value of another card': withValue((value, draw, from, tag) => draw.pick(from.byTag.get(tag) ?? [value])),
  'has a value of another tag': withValue((value, draw, from) =>
    from.leaves.length === 0 ? value : draw.pick(from.leaves).value,
  ),
  'has no value': withValue(() => new Uint8Array()),
  'is an AFL that asks too much': (siblings, at, draw) => {
    const afl = siblings.find(({ tag }) => tag === AFL) ?? siblings[at];
    if (afl !== undefined) afl.body = hex(draw.pick(AFLS));
  },
  'has another tag': (siblings, at, draw, from) => {
    const branch = siblings[at];
    if (branch === undefined) return;
    branch.tag = draw.oneIn(2) || from.leaves.length === 0 ? draw.pick(FOREIGN_TAGS) : draw.pick(from.leaves).tag;
  },
  'brings something along': (siblings, _, draw, from) => {
    const more = draw.oneIn(2) || from.leaves.length === 0 ? undefined : draw.pick(from.leaves);
    const branch = more ? { tag: more.tag, body: more.value } : { tag: draw.pick(FOREIGN_TAGS), body: draw.bytes(6) };
    siblings.splice(draw.below(siblings.length + 1), 0, branch);
  },
  'says its length in 81': withLength((length) => Uint8Array.of(0x81, length & 0xff)),
  'says its length in 82': withLength((length) => Uint8Array.of(0x82, length >> 8, length & 0xff)),
  'says its length in 83': withLength((length) => Uint8Array.of(0x83, 0, length >> 8, length & 0xff)),
  'says its length in 84': withLength((length) => Uint8Array.of(0x84, 0, 0, length >> 8, length & 0xff)),
  'says one more or less': (siblings, at, draw) => {
    const more = draw.oneIn(2) ? 1 : -1;
    withLength((length) => Uint8Array.of((length + more) & 0xff))(siblings, at, draw, NOTHING_KNOWN);
  },
  'says a wrong length': (siblings, at, draw) => {
    withLength(() => hex(draw.pick(WRONG_LENGTHS)))(siblings, at, draw, NOTHING_KNOWN);
  },
  'goes down and down': (siblings, at, draw) => {
    const branch = siblings[at];
    if (branch === undefined) return;
    let inner = branch;
    for (let level = 1 + draw.below(draw.oneIn(4) ? 120 : 9); level > 0; level--) {
      inner = { tag: draw.pick([0x70, 0x77, 0x61, 0xa5, 0xbf0c]), body: [inner] };
    }
    siblings[at] = inner;
  },
  'moves into its neighbour': (siblings, at, draw) => {
    const [branch] = siblings.splice(at, 1);
    if (branch === undefined) return;
    const target = siblings.find(({ body }) => !(body instanceof Uint8Array));
    if (target === undefined || target.body instanceof Uint8Array) siblings.push(branch);
    else target.body.splice(draw.below(target.body.length + 1), 0, branch);
  },
  'stands among zeros': (siblings, at, draw) => {
    const branch = siblings[at];
    if (branch === undefined) return;
    // A data object of tag 00 and nothing: two bytes of padding.
    siblings.splice(draw.oneIn(2) ? at : at + 1, 0, { tag: 0, body: new Uint8Array() });
  },
  'brings its whole family again': (siblings) => {
    for (const branch of siblings.slice(0, 16)) siblings.push(copyOf(branch));
  },
};

const ALL = Object.values(TLV_MUTATIONS);
/** Beyond what a card can answer in one go, and beyond what the kernel takes. */
const LONGEST = 2_000;

/** Takes bytes apart, changes one data object (seldom more), and writes them again; undefined when they are no TLV. */
export function mutateTlv(bytes: Uint8Array, draw: Draw, from: Ingredients): Uint8Array | undefined {
  const tree = readTree(bytes);
  if (tree === undefined || tree.length === 0) return undefined;
  do {
    const places = placesIn(tree);
    if (places.length === 0) break;
    const { siblings, at } = draw.pick(places);
    draw.pick(ALL)(siblings, at, draw, from);
  } while (draw.oneIn(4));
  return concat(writeTree(tree)).subarray(0, LONGEST);
}
