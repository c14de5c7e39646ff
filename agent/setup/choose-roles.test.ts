import { expect, it } from 'vitest';
import type { CardReader } from '../../drivers/index.ts';
import { chooseRoles } from './choose-roles.ts';
import { scriptAsker } from './script-asker.ts';

const reader = (name: string, port?: string): CardReader => ({
  ...{ name, port, role: 'contactless', state: 'empty', presence: undefined },
});
const script = scriptAsker({ say: () => {}, attended: false, interrupted: new AbortController().signal });
/** A person who takes what is proposed. */
const person = { ...script, asks: true };

it('binds what a reader is for to its USB port, and to its name where the port cannot be told', async () => {
  const readers = [
    reader('ACS ACR1252 PICC 00 00', '1-1.2:1.0'),
    reader('ACS ACR1252 SAM 01 00', '1-1.2:1.1'),
    reader('V'),
  ];
  expect(await chooseRoles(person, readers, [])).toEqual({
    ports: { '1-1.2:1.0': 'contactless', '1-1.2:1.1': 'sam' },
    roles: { V: 'contactless' },
  });
  expect(await chooseRoles(script, readers, ['contact=PICC', 'sam=not there'])).toEqual({
    ports: { '1-1.2:1.0': 'contact' },
    roles: { 'not there': 'sam' },
  });
});

it('says nothing of readers where nobody is asked, or none is there', async () => {
  expect(await chooseRoles(script, [reader('V')], [])).toEqual({});
  expect(await chooseRoles(person, [{ ...reader('V'), state: 'unplugged' }], [])).toEqual({});
});
