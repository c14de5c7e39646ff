import type { TsiBit, TvrBit } from '../../debit-credit/index.ts';
import { TAG } from '../../dictionary/index.ts';
import { findTag, parseTlv } from '../../tlv/index.ts';
import { concat } from '../../values/index.ts';
import { MAX_SCRIPT_COMMANDS, MAX_SCRIPTS } from '../bounds.ts';
import type { Step } from '../requests.ts';
import { transceive } from '../transceive.ts';
import { note } from './dialogue.ts';
import type { CardRead } from './read-card.ts';

type Template = typeof TAG.script1 | typeof TAG.script2;

/** One script of the issuer, ready to be sent. */
interface Script {
  /** 9F18, 4 bytes; zeros when the issuer gave none. */
  readonly identifier: Uint8Array;
  /** Undefined: it breaks the rules and no command of it is sent. */
  readonly commands: readonly Uint8Array[] | undefined;
}

/** What became of the scripts of one template. */
export interface ScriptsRun {
  /** 5 bytes a script: result and command, then the identifier (EMV Book 4, annex A5). */
  readonly results: Uint8Array;
  readonly torn: boolean;
}

const IDENTIFIER_LENGTH = 4;
/** CLA INS P1 P2, and a short command's most. */
const [MIN_COMMAND, MAX_COMMAND] = [4, 261];
const MAX_COMMAND_NUMBER = 15;
/** First nibble of the result. */
const [NOT_PERFORMED, FAILED, SUCCESSFUL] = [0x00, 0x10, 0x20];
/** Warnings are no failure (EMV Book 3, §10.10). */
const GOOD_SW1: readonly number[] = [0x90, 0x62, 0x63];

const FAILED_BIT: Readonly<Record<Template, TvrBit>> = {
  [TAG.script1]: 'script-failed-before-final-generate-ac',
  [TAG.script2]: 'script-failed-after-final-generate-ac',
};
const PERFORMED: TsiBit = 'script-processing-performed';

/** The scripts under one template, of all that the host sent; what is no TLV at all belongs to none. */
function scriptsOf(templates: readonly Uint8Array[], wanted: Template): readonly Script[] {
  return templates.slice(0, MAX_SCRIPTS).flatMap((bytes) => {
    if (bytes[0] !== wanted) return [];
    const parsed = parseTlv(bytes);
    const [template, ...others] = parsed.kind === 'parsed' ? parsed.nodes : [];
    const objects = template?.children ?? [];
    const given = findTag(objects, TAG.scriptIdentifier)?.value;
    const identifier = given?.length === IDENTIFIER_LENGTH ? given : new Uint8Array(IDENTIFIER_LENGTH);
    const commands = objects.filter(({ tag }) => tag === TAG.scriptCommand).map(({ value }) => value);
    const sound =
      others.length === 0 &&
      commands.length > 0 &&
      commands.every(({ length }) => length >= MIN_COMMAND && length <= MAX_COMMAND);
    return [{ identifier, commands: sound ? commands : undefined }];
  });
}

interface ScriptRun {
  readonly result: number;
  readonly sent: number;
  readonly torn: boolean;
}

/** Sends a script's commands until one fails: the first byte of its result. `budget` bounds those of all scripts. */
function* runScript({ commands }: Script, budget: number): Step<ScriptRun> {
  if (commands === undefined || commands.length > budget) return { result: NOT_PERFORMED, sent: 0, torn: false };
  for (const [at, command] of commands.entries()) {
    const sent = at + 1;
    const reply = yield* transceive(command);
    const good = reply.kind === 'answered' && GOOD_SW1.includes(reply.sw >> 8);
    if (!good) {
      return { result: FAILED | Math.min(sent, MAX_COMMAND_NUMBER), sent, torn: reply.kind === 'torn' };
    }
  }
  return { result: SUCCESSFUL, sent: commands.length, torn: false };
}

/**
 * Issuer-to-card script processing (EMV Book 3, §10.10): the scripts of one template, 71 before and 72 after the final
 * GENERATE AC. A command that fails ends its script, a card that leaves ends them all.
 */
export function* runIssuerScripts(
  card: CardRead,
  templates: readonly Uint8Array[],
  template: Template,
): Step<ScriptsRun> {
  const results: Uint8Array[] = [];
  let budget = MAX_SCRIPT_COMMANDS;
  let torn = false;
  for (const script of scriptsOf(templates, template)) {
    const run: ScriptRun = torn ? { result: NOT_PERFORMED, sent: 0, torn } : yield* runScript(script, budget);
    budget -= run.sent;
    torn = run.torn;
    if (run.sent > 0) note(card, { tsi: [PERFORMED] });
    if (run.result !== SUCCESSFUL) note(card, { tvr: [FAILED_BIT[template]] });
    results.push(concat(Uint8Array.of(run.result), script.identifier));
  }
  return { results: concat(...results), torn };
}
