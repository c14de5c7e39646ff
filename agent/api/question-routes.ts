import { type ApiServer, problemResponses } from '../../clearing/contract/http/index.ts';
import type { Queue, StoredPayment } from '../../offline-queue/index.ts';
import type { PaymentDesk } from '../payment/desk.ts';
import { type PaymentResource, paymentPath, paymentResource } from './payment-resource.ts';
import { registerProblem } from './problems.ts';
import { answerOf, answerRequest, documentOf, documentResource } from './question-resource.ts';

interface QuestionParts {
  readonly queue: Pick<Queue, 'payments'>;
  readonly desk: Pick<PaymentDesk, 'question' | 'answer'>;
  /** A payment as the register sees it now. */
  readonly shown: (payment: StoredPayment) => PaymentResource;
}

/** The routes by which a payment that asks something is answered. */
export function addQuestions(app: ApiServer, parts: QuestionParts): void {
  addAnswer(app, parts);
  addDocument(app, parts);
}

const notFound = (id: string) => registerProblem('payment-not-found', { detail: `no payment has the id ${id}` });

function addAnswer(app: ApiServer, { desk, shown }: QuestionParts): void {
  app.post(
    '/v1/payments/:id/answer',
    {
      schema: {
        summary: 'Answer what a payment asks; the same answer may be sent any number of times',
        params: paymentPath,
        body: answerRequest,
        response: { 200: paymentResource, ...problemResponses(400, 404, 409, 422) },
      },
    },
    async ({ params: { id }, body }) => {
      const { question, answer } = answerOf(body);
      const answered = desk.answer(id, question, answer);
      if (answered.kind === 'not-found') throw notFound(id);
      const payment = shown(answered.payment);
      switch (answered.kind) {
        case 'taken':
          return payment;
        case 'too-late':
          throw registerProblem('payment-final', { detail: `the payment is ${payment.state}`, extra: { payment } });
        case 'not-asked':
          throw registerProblem('question-over', {
            detail: 'look at the payment for what it asks',
            extra: { payment },
          });
        case 'answered-otherwise':
          throw registerProblem('question-answered', { detail: 'the first answer counts', extra: { payment } });
        case 'does-not-fit':
          throw registerProblem('answer-does-not-fit', { detail: answered.detail });
      }
    },
  );
}

function addDocument(app: ApiServer, { queue, desk }: QuestionParts): void {
  app.get(
    '/v1/payments/:id/document',
    {
      schema: {
        summary: 'The document that the customer is to show, while the payment asks for it',
        params: paymentPath,
        response: { 200: documentResource, ...problemResponses(404) },
      },
    },
    async ({ params: { id } }, reply) => {
      if (queue.payments.get(id) === undefined) throw notFound(id);
      const asked = desk.question(id);
      if (asked?.kind !== 'id-document') {
        throw registerProblem('document-not-asked', { detail: 'it is told only while the payment asks for it' });
      }
      return reply.header('cache-control', 'no-store').send(documentOf(asked));
    },
  );
}
