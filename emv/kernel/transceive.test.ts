import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { MAX_ANSWER_BYTES, MAX_ROUNDS } from './bounds.ts';
import { runStepSync } from './requests.ts';
import { transceive } from './transceive.ts';

/** Sends READ RECORD 1 of SFI 1 to a card that gives these answers; returns what came of it and what was sent. */
function send(...answers: readonly string[]) {
  const sent: string[] = [];
  const reply = runStepSync(transceive(hex('00B2010C00')), (request) => {
    if (request.name !== 'exchange') throw new Error(request.name);
    sent.push(toHex(request.command));
    const answer = answers[sent.length - 1];
    return answer === undefined ? { kind: 'torn' } : { kind: 'answered', response: hex(answer) };
  });
  return { said: reply.kind === 'answered' ? `${toHex(reply.data)} ${reply.sw.toString(16)}` : reply.kind, sent };
}

describe('transceive', () => {
  it.each<[string, string[], string, string[]]>([
    ['an answer as it is', ['70009000'], '7000 9000', ['00B2010C00']],
    ['a status word alone', ['6A83'], ' 6a83', ['00B2010C00']],
    ['6Cxx: again with that length', ['6C02', '70009000'], '7000 9000', ['00B2010C00', '00B2010C02']],
    ['61xx: the rest is fetched', ['6102', '70009000'], '7000 9000', ['00B2010C00', '00C0000002']],
    [
      '61xx with data, twice',
      ['70046102', '50016101', '589000'],
      '7004500158 9000',
      ['00B2010C00', '00C0000002', '00C0000001'],
    ],
    ['6100: as much as there is', ['6100', '70009000'], '7000 9000', ['00B2010C00', '00C0000000']],
    ['6Cxx, then 61xx', ['6C02', '6102', '70009000'], '7000 9000', ['00B2010C00', '00B2010C02', '00C0000002']],
    ['6Cxx to the fetching', ['6100', '6C02', '70009000'], '7000 9000', ['00B2010C00', '00C0000000', '00C0000002']],
    ['data that come with 6Cxx are none', ['AAAA6C02', '70009000'], '7000 9000', ['00B2010C00', '00B2010C02']],
    ['an error while fetching', ['6102', '6F00'], ' 6f00', ['00B2010C00', '00C0000002']],
    ['a tear', [], 'torn', ['00B2010C00']],
    ['a tear while fetching', ['6102'], 'torn', ['00B2010C00', '00C0000002']],
    ['no byte', [''], 'torn', ['00B2010C00']],
    ['one byte', ['90'], 'torn', ['00B2010C00']],
  ])('%s', (_, answers, said, sent) => {
    expect(send(...answers)).toEqual({ said, sent });
  });

  it.each(['6102', '6C02', 'AA6101'])('%s for ever ends after MAX_ROUNDS', (answer) => {
    const { said, sent } = send(...Array.from({ length: 100 }, () => answer));
    expect([said, sent.length]).toEqual(['faulty', MAX_ROUNDS]);
  });

  it('more data than a card can mean end it', () => {
    const much = `${'00'.repeat(MAX_ANSWER_BYTES)}`;
    expect(send(`${much}9000`).said).toBe(`${much} 9000`);
    expect(send(`${much}6101`, '009000').said).toBe('faulty');
  });
});
