type Row = readonly [pattern: string, meaning: string];

/** First match wins; an x stands for any digit (ISO/IEC 7816-4; JR/T 0025.5; the last block: electronic purse). */
const ROWS: readonly Row[] = [
  ['9000', 'Success'],
  ['61xx', 'Success, more data to be fetched with GET RESPONSE'],
  ['6200', 'Warning, no information given'],
  ['6281', 'Part of the returned data may be corrupted'],
  ['6282', 'End of file reached before the expected number of bytes'],
  ['6283', 'Selected file invalidated: the application is blocked'],
  ['6284', 'File control information not formatted as expected'],
  ['6300', 'Warning, state of memory changed: authentication failed'],
  ['63C0', 'Verification failed, no tries left'],
  ['63Cx', 'Verification failed, the last digit gives the tries left'],
  ['6400', 'Execution error, state of memory unchanged'],
  ['6581', 'Memory failure'],
  ['6700', 'Wrong length'],
  ['6881', 'Logical channel not supported'],
  ['6882', 'Secure messaging not supported'],
  ['6900', 'Command not allowed'],
  ['6901', 'Command not accepted in the current state'],
  ['6981', 'Command incompatible with the file structure'],
  ['6982', 'Security status not satisfied'],
  ['6983', 'Authentication method blocked'],
  ['6984', 'Referenced data invalidated'],
  ['6985', 'Conditions of use not satisfied'],
  ['6986', 'Command not allowed, no current file'],
  ['6987', 'Secure messaging data objects missing'],
  ['6988', 'Secure messaging data objects incorrect'],
  ['6A80', 'Incorrect parameters in the data field'],
  ['6A81', 'Function not supported, or the card is blocked'],
  ['6A82', 'File or application not found'],
  ['6A83', 'Record not found'],
  ['6A84', 'Not enough memory space'],
  ['6A85', 'Lc inconsistent with the data'],
  ['6A86', 'Incorrect parameters P1 P2'],
  ['6A88', 'Referenced data not found'],
  ['6B00', 'Wrong parameters P1 P2'],
  ['6Cxx', 'Wrong Le, the second byte gives the right one'],
  ['6D00', 'Instruction not supported'],
  ['6E00', 'Class not supported'],
  ['6F00', 'No precise diagnosis'],
  ['9302', 'MAC is wrong'],
  ['9303', 'Application permanently blocked'],
  ['9401', 'Insufficient funds'],
  ['9402', 'Transaction counter at its maximum'],
  ['9403', 'Key index not supported'],
  ['9406', 'MAC not available'],
];

const TABLE = ROWS.map(([pattern, meaning]) => {
  const digits = pattern.replaceAll('x', '0');
  const mask = pattern.replace(/[^x]/g, 'F').replaceAll('x', '0');
  return { value: Number.parseInt(digits, 16), mask: Number.parseInt(mask, 16), meaning };
});

/** What a status word says, in words; undefined when the standards do not name it. */
export function statusWordMeaning(sw: number): string | undefined {
  return TABLE.find(({ value, mask }) => (sw & mask) === value)?.meaning;
}
