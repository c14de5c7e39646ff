import { z } from 'zod';
import { type ApiServer, problemResponses } from '../../clearing/contract/http/index.ts';
import { scannedCode } from '../scanned-code.ts';

/** More than any code holds: what is longer is no code, and said to be none. */
const MAX_CHARACTERS = 8_192;

const sentence = z.strictObject({ zh: z.string(), en: z.string() });

const codeResource = z.strictObject({
  family: z.enum(['emv-cpm', 'wechat', 'alipay', 'unionpay', 'own', 'unknown']),
  verification: z.literal('online'),
  payable: z.literal(false),
  why: z.string().exactOptional(),
  applications: z
    .array(
      z.strictObject({
        aid: z.string(),
        label: z.string(),
        maskedPan: z.string().exactOptional(),
        lastFour: z.string().exactOptional(),
        cryptogram: z.boolean(),
      }),
    )
    .exactOptional(),
  reasonText: sentence,
});

/** A code that the register has scanned: whose it is. It is not stored, logged or sent on. */
export function addCodes(app: ApiServer): void {
  app.post(
    '/v1/codes',
    {
      schema: {
        summary: 'Whose payment code a customer shows; none can be paid with here',
        body: z.strictObject({ code: z.string().max(MAX_CHARACTERS) }),
        response: { 200: codeResource, ...problemResponses(400) },
      },
    },
    async ({ body }) => {
      const { applications, ...rest } = scannedCode(body.code);
      return { ...rest, ...(applications && { applications: [...applications] }) };
    },
  );
}
