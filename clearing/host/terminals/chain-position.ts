import { z } from 'zod';
import type { ChainPosition } from '../../contract/index.ts';
import type { Statements } from '../database/database.ts';

/** The chain hash that the host holds at a sequence of an epoch, the genesis hash at 0; undefined when it holds none. */
export async function hashAt(
  statements: Statements,
  terminal: string,
  epoch: number,
  sequence: number,
): Promise<string | undefined> {
  const found = await statements.first(
    z.object({ hash: z.string() }),
    sequence === 0
      ? 'select genesis_hash as hash from epochs where terminal = $1 and epoch = $2 and $3 = 0'
      : 'select chain_hash as hash from records where terminal = $1 and epoch = $2 and sequence = $3',
    [terminal, epoch, sequence],
  );
  return found?.hash;
}

/** Where the chain of a terminal stands in its epoch. */
export async function positionOf(
  statements: Statements,
  { terminal, epoch }: { readonly terminal: string; readonly epoch: number },
): Promise<ChainPosition> {
  const row = await statements.one(
    z.object({ genesis_hash: z.string(), head_sequence: z.int(), head_hash: z.string() }),
    'select genesis_hash, head_sequence, head_hash from epochs where terminal = $1 and epoch = $2',
    [terminal, epoch],
  );
  return {
    terminal,
    epoch,
    genesisHash: row.genesis_hash,
    sequence: row.head_sequence,
    chainHash: row.head_hash,
  };
}
