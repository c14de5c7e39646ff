import { parseTlv } from '../tlv/index.ts';
import { concat } from '../values/index.ts';
import { failed, type OdaFailure } from './failure.ts';

/** Records of these files enter the hash without tag and length (EMV Book 3, §10.3). */
const LAST_EMV_FILE = 10;
const RECORD_TEMPLATE = 0x70;
const AIP_TAG = 0x82;

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
  }
  return { kind: 'static-data', bytes: concat(...parts) };
}
