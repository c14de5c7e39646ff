/** What the register can ask for. */
export const PAYMENT_KINDS = ['purchase', 'load', 'balance'] as const;
export type PaymentKind = (typeof PAYMENT_KINDS)[number];

export const isPaymentKind = (kind: string): kind is PaymentKind => PAYMENT_KINDS.some((known) => known === kind);
