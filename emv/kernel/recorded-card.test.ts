import { describe, expect, it } from 'vitest';
import { fen, hex } from '../values/index.ts';
import { purchase } from './purchase.ts';
import type { Script } from './testing/golden-cards.ts';
import { inputAt, play } from './testing/play.ts';

/*
 * A real bank card at a terminal that asked for an ARQC in 2017: 0.01 yuan, TTQ 36800000. Commands, FCI layout, PDOL values,
 * 9F10 and status are as recorded. The record is abridged: the PPSE answer, label, preferred name, the PAN and the rest of
 * track 2, 9F26 and the answer to GET DATA, which that terminal did not ask for, are filled in.
 */
const PPSE = '6F30840E325041592E5359532E4444463031A51EBF0C1B61194F08A000000333010101500A50424F432044454249548701019000';
const FCI =
  '6F598408A000000333010101A54D500A50424F432044454249548701019F38189F66049F02069F03069F1A0295055F2A029A039C019F37045F2D027A689F1101019F120A50424F43204445424954BF0C0A9F4D020B0ADF4D020C0A9000';
const GPO_ANSWER =
  '775182027C009F36020ADC57136222620000000000D20112010000000000000F9F101307010103A00000010A010000038787868FD1FC9F260811223344556677885F3401009F6C0200009F5D060000000387879000';

const RECORDED: Script = [
  { name: 'ppse', command: '00A404000E325041592E5359532E444446303100', answer: PPSE },
  { name: 'select', command: '00A4040008A00000033301010100', answer: FCI },
  { name: 'balance', command: '80CA9F7900', answer: '6A88' },
  {
    name: 'gpo',
    command: '80A8000023832136800000000000000001000000000000015600000000000156170601002B29EBE400',
    answer: GPO_ANSWER,
  },
];

/** What that terminal said of itself; above its floor of nothing, every amount wants a cryptogram for the host. */
const INPUT = inputAt(
  {
    contactInterface: true,
    applications: [
      {
        aid: hex('A000000333010101'),
        partialSelection: true,
        version: hex('0030'),
        offlineFloorLimit: fen(0),
      },
    ],
  },
  {
    amount: fen(1),
    date: { year: 2017, month: 6, day: 1 },
    unpredictableNumber: hex('2B29EBE4'),
  },
);

describe('the recorded exchange of a real card', () => {
  it('is reproduced command by command, but for the fDDA bit of the TTQ, and ends in an authorisation', () => {
    // The recorded terminal did not know fDDA version 01; this one does: byte 4 is 80.
    const card = RECORDED.map((one) =>
      one.name === 'gpo' ? { ...one, command: one.command.replace('36800000', '36800080') } : one,
    );
    const host = { kind: 'approved', authorisationId: 'H-1' } as const;
    const { result, asked, questions } = play(purchase(INPUT), card, { answers: { 'authorise-online': host } });
    expect(asked).toEqual(['ppse', 'select', 'balance', 'gpo', 'check-exception-file', 'authorise-online']);
    expect(result).toMatchObject({
      kind: 'approved',
      fundedBy: 'account',
      cardholderVerification: 'none',
      card: { label: 'PBOC DEBIT', panSequence: 0, balanceAfter: 38_787, expiry: { year: 2020, month: 11, day: 30 } },
    });
    expect(questions[1]).toMatchObject({
      chip: {
        cryptogramType: 'arqc',
        atc: hex('0ADC'),
        aip: hex('7C00'),
        issuerApplicationData: hex('07010103A00000010A010000038787868FD1FC'),
        amountAuthorised: hex('000000000001'),
        transactionDate: hex('170601'),
      },
    });
  });
});
