import { describe, expect, it } from 'vitest';
import { languageOf, MESSAGES } from './index.ts';

/** Every plain sentence below a value, with its path. */
function sentences(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => sentences(inner, `${path}/${name}`));
}

const HAN = /\p{Script=Han}/u;
/** Names a language in its own words, or has nothing to add to the sign. */
const EXEMPT = new Set([
  '/otherLanguage',
  '/code',
  '/faces/approved/detail',
  '/load/faces/approved/detail',
  '/load/shortcut',
  '/balance/shortcut',
]);

describe('the languages of the page', () => {
  it('English has no Chinese sentence left in it, and neither has an empty one', () => {
    const english = sentences(MESSAGES.en).filter(([path]) => !EXEMPT.has(path));
    expect(english.filter(([, text]) => HAN.test(text) || text === '')).toEqual([]);
    const chinese = sentences(MESSAGES.zh).filter(([path]) => !EXEMPT.has(path));
    expect(chinese.filter(([, text]) => !HAN.test(text))).toEqual([]);
  });

  it.each([
    [0, '0 秒', '0 s'],
    [59.9, '59 秒', '59 s'],
    [60, '1 分钟', '1 min'],
    [3_600, '1 小时', '1 h'],
    [86_400, '1 天', '1 day'],
    [172_800, '2 天', '2 days'],
  ])('%d seconds', (seconds, zh, en) => {
    expect(MESSAGES.zh.duration(seconds)).toBe(zh);
    expect(MESSAGES.en.duration(seconds)).toBe(en);
  });

  it('Chinese comes first', () => {
    expect([undefined, 'en', 'fr', 'zh'].map(languageOf)).toEqual(['zh', 'en', 'zh', 'zh']);
  });
});
