import { problemsOf } from '../../clearing/contract/http/index.ts';

/** What the register API refuses, besides what every server of ours does (docs/register-api.md). */
export const REGISTER_PROBLEMS = {
  'idempotency-key-required': { status: 400, title: 'The request needs an Idempotency-Key' },
  'bad-cursor': { status: 400, title: 'The cursor was not given out by this list' },
  'payment-not-found': { status: 404, title: 'There is no such payment' },
  'document-not-asked': { status: 404, title: 'The payment does not ask for a document now' },
  'close-not-found': { status: 404, title: 'There is no such close' },
  'trace-not-kept': { status: 404, title: 'What was exchanged in this payment is not kept' },
  'payment-in-progress': { status: 409, title: 'Another payment is in progress' },
  'payment-final': { status: 409, title: 'The payment has ended already' },
  'question-over': { status: 409, title: 'The payment does not ask that, or no longer' },
  'question-answered': { status: 409, title: 'The question has had another answer' },
  unacknowledged: { status: 409, title: 'The centre does not yet have everything' },
  'enrolment-refused': { status: 409, title: 'The centre refuses the enrolment' },
  'nothing-to-close': { status: 409, title: 'There is no record yet' },
  'settings-not-kept': { status: 409, title: 'The terminal was not started with settings that can be read again' },
  'settings-invalid': { status: 422, title: 'The settings are wrong; what holds stays as it is' },
  'kind-not-available': { status: 422, title: 'Payments of this kind are not available' },
  'answer-does-not-fit': { status: 422, title: 'That is no answer to this question' },
  'idempotency-key-reused': { status: 422, title: 'The key belongs to another request' },
  'receipt-refused': { status: 422, title: 'The receipt is not for this terminal, or not of its centre' },
  'too-many-streams': { status: 503, title: 'Too many clients follow the events' },
  'terminal-not-ready': { status: 503, title: 'The terminal cannot sell yet' },
  'key-store-unavailable': { status: 503, title: 'The store of the master key does not do its work' },
  'centre-unreachable': { status: 503, title: 'The centre does not answer' },
  'storage-unavailable': { status: 503, title: 'The terminal cannot store anything' },
} as const;

export const registerProblem = problemsOf(REGISTER_PROBLEMS);
