import { z } from 'zod';
import { toHex } from '../../emv/values/index.ts';
import type { Answer, AskedQuestion, DocumentType } from '../payment/question.ts';
import { present } from '../present.ts';

/** 9F62 in words. */
const DOCUMENT_TYPES: { readonly [T in DocumentType]: { readonly zh: string; readonly en: string } } = {
  'identity-card': { zh: '身份证', en: 'identity card' },
  officer: { zh: '军官证', en: 'officer’s card' },
  passport: { zh: '护照', en: 'passport' },
  'entry-permit': { zh: '入境证', en: 'entry permit' },
  'temporary-identity-card': { zh: '临时身份证', en: 'temporary identity card' },
  other: { zh: '其他证件', en: 'other document' },
};

const documentType = z.strictObject({ code: z.string(), zh: z.string(), en: z.string() });
const id = z.int().min(1);

/** What a payment asks (docs/register-api.md). The number on a document is not in it: events and lists are kept. */
export const questionResource = z.discriminatedUnion('kind', [
  z.strictObject({
    id,
    kind: z.literal('application'),
    candidates: z.array(z.strictObject({ index: z.int().min(0), label: z.string(), aid: z.string() })),
  }),
  z.strictObject({ id, kind: z.literal('id-document'), documentType }),
  z.strictObject({
    id,
    kind: z.literal('pin'),
    checkedBy: z.enum(['card', 'host']),
    /** 1: the last one. */
    triesLeft: z.int().min(0).exactOptional(),
    mayBypass: z.boolean(),
  }),
]);

export type QuestionResource = z.output<typeof questionResource>;

const documentTypeOf = (code: DocumentType) => ({ code, ...DOCUMENT_TYPES[code] });

export function questionOf(asked: AskedQuestion): QuestionResource {
  const { id: number } = asked;
  if (asked.kind === 'application') {
    const candidates = asked.candidates.map(({ label, aid }, index) => ({ index, label, aid: toHex(aid) }));
    return { id: number, kind: asked.kind, candidates };
  }
  if (asked.kind === 'id-document') {
    return { id: number, kind: asked.kind, documentType: documentTypeOf(asked.documentType) };
  }
  const { kind, checkedBy, triesLeft, mayBypass } = asked;
  return present({ id: number, kind, checkedBy, triesLeft, mayBypass });
}

/** The document that the card names, whole: for the attendant's eyes, while it is asked for. */
export const documentResource = z.strictObject({ question: id, documentType, number: z.string() });

/** 9F61 as text: GB 18030, of which ASCII is a part. Nothing that could not be printed is left in it. */
const text = (bytes: Uint8Array): string =>
  new TextDecoder('gb18030')
    .decode(bytes)
    .replaceAll(/[\p{Cc}\p{Cs}]/gu, '')
    .trim();

export function documentOf(asked: Extract<AskedQuestion, { kind: 'id-document' }>): z.output<typeof documentResource> {
  const { id: question, documentType: code, number } = asked;
  return { question, documentType: documentTypeOf(code), number: number.use(text) };
}

/** What the register answers. `question` names what it answers, so that an answer that comes twice never meets another question. */
export const answerRequest = z.discriminatedUnion('kind', [
  z.strictObject({ question: id, kind: z.literal('application'), index: z.int().min(0) }),
  z.strictObject({ question: id, kind: z.literal('id-document'), matches: z.boolean() }),
  z.strictObject({ question: id, kind: z.literal('pin'), bypass: z.literal(true) }),
]);

export type AnswerBody = z.output<typeof answerRequest>;

export function answerOf({ question, ...answer }: AnswerBody): { question: number; answer: Answer } {
  return { question, answer };
}
