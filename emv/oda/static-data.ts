import { parseTlv } from '../tlv/index.ts';
import { concat } from '../values/index.ts';
import { failed, type OdaFailure } from './failure.ts';

/** Records of these files enter the hash without tag and length (EMV Book 3, §10.3). */
const LAST_EMV_FILE = 10;
const RECORD_TEMPLATE = 0x70;
const AIP_TAG = 0x82;
const AIP_LENGTH = 2;

export type StaticData = { readonly kind: 'static-data'; readonly bytes: Uint8Array } | OdaFailure;

/** The template 70 that a record is, and nothing beside it; undefined when it is anything else. */
function templateValue(record: Uint8Array): Uint8Array | undefined {
  const parsed = parseTlv(record);
  const template = parsed.kind === 'parsed' && parsed.nodes.length === 1 ? parsed.nodes[0] : undefined;
  if (template?.tag !== RECORD_TEMPLATE) return undefined;
  const { value } = template;
  const fills = template.offset === 0 && value.byteOffset + value.length === record.byteOffset + record.length;
  return fills ? value : undefined;
}

/**
 * Without 9F4A, do the data end with two bytes that are a tag and no value? An AIP such as 7C00 is that as well: a card whose
 * issuer signed it could be given without 9F4A and with those bytes behind its last record, and then with any other AIP.
 */
function endsWithEmptyObject(data: Uint8Array | undefined): boolean {
  const parsed = data && parseTlv(data);
  const last = parsed?.kind === 'parsed' ? parsed.nodes.at(-1) : undefined;
  return data !== undefined && last !== undefined && last.length === 0 && last.offset === data.length - AIP_LENGTH;
}

/**
 * What the ICC certificate's hash covers of the card's data (EMV Book 3, §10.3): the records that the AFL marks for
 * offline data authentication, in its order, as the card gave them; then the AIP (tag 82) if the static data
 * authentication tag list (9F4A) names it. Never throws on card data.
 */
export function staticDataToAuthenticate(input: {
  readonly records: readonly { readonly sfi: number; readonly data: Uint8Array }[];
  readonly tagList: Uint8Array | undefined;
  readonly aip: Uint8Array;
}): StaticData {
  const parts: Uint8Array[] = [];
  for (const { sfi, data } of input.records) {
    const value = templateValue(data);
    if (value === undefined) return failed('static-data', 'record');
    parts.push(sfi <= LAST_EMV_FILE ? value : data);
  }
  if (input.tagList !== undefined) {
    if (input.tagList.length !== 1 || input.tagList[0] !== AIP_TAG) return failed('static-data', 'tag-list');
    parts.push(input.aip);
  } else if (endsWithEmptyObject(parts.at(-1))) return failed('static-data', 'tag-list');
  return { kind: 'static-data', bytes: concat(...parts) };
}
