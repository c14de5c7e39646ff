import { en } from './en.ts';
import { zh } from './zh.ts';

export type Language = 'zh' | 'en';
export type Messages = typeof zh;

export const MESSAGES: Readonly<Record<Language, Messages>> = { zh, en };

/** The language kept from last time; Chinese otherwise. */
export function languageOf(kept: string | undefined): Language {
  return kept === 'en' ? 'en' : 'zh';
}
