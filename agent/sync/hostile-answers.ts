import { answerOf, type Behaviour } from './raw-host.ts';

/** Writes pieces of an answer again and again until nobody listens. */
export const endlessly =
  (begin: string, piece: string, everyMs = 0): Behaviour =>
  (socket) => {
    socket.write(begin);
    const timer = setInterval(() => socket.write(piece), everyMs);
    socket.on('close', () => clearInterval(timer));
  };

export const JSON_HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

/**
 * What a host may answer instead of an acknowledgement, by name.
 * @param right the acknowledgement of a batch, as it should be
 * @param elsewhere an address that nobody should be sent to
 */
export const hostileAnswers = (
  right: (body: string) => object,
  elsewhere: () => string,
): readonly (readonly [string, Behaviour])[] => [
  ['silence', () => {}],
  ['a connection that ends', (socket) => socket.end()],
  ['a connection that breaks', (socket) => socket.resetAndDestroy()],
  ['a byte now and then, for ever', endlessly(`${JSON_HEAD}content-length: 100000\r\n\r\n{`, ' ', 10)],
  ['a header byte now and then, for ever', endlessly('HTTP/1.1 200 OK\r\nx: ', 'x', 10)],
  [
    'a body without end',
    endlessly(`${JSON_HEAD}transfer-encoding: chunked\r\n\r\n`, `10000\r\n${' '.repeat(65_536)}\r\n`),
  ],
  [
    'a body that is said to be a terabyte',
    endlessly(`${JSON_HEAD}content-length: 1099511627776\r\n\r\n`, '1'.repeat(65_536)),
  ],
  ['headers without end', endlessly('HTTP/1.1 200 OK\r\n', `x-more: ${'x'.repeat(4_000)}\r\n`)],
  ['early hints without end', endlessly('', 'HTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\n')],
  ['no HTTP', (socket) => socket.write('SSH-2.0-OpenSSH_9.2p1\r\n\r\n')],
  ['HTTP 0.9', (socket) => socket.end('<html>')],
  ['another HTTP', (socket) => socket.write('HTTP/9.9 200 OK\r\ncontent-length: 2\r\n\r\n{}')],
  ['two lengths', (socket) => socket.write(`${JSON_HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`)],
  [
    'a length and chunks',
    (socket) => socket.write(`${JSON_HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`),
  ],
  ['a chunk that is none', (socket) => socket.write(`${JSON_HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n`)],
  [
    'an upgrade',
    (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'),
  ],
  ['nothing', (socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n')],
  ['an empty body', (socket) => socket.write(answerOf(200, ''))],
  ['HTML, with status 200', (socket) => socket.write(answerOf(200, '<html>', ['content-type: text/html']))],
  [
    'the right answer, called text',
    (socket, { body }) => socket.write(answerOf(200, right(body), ['content-type: text/plain'])),
  ],
  [
    'the right answer, called compressed',
    (socket, { body }) => socket.write(answerOf(200, right(body).toString(), ['content-encoding: gzip'])),
  ],
  [
    'a redirect',
    (socket, { body }) => socket.write(answerOf(307, right(body), [`location: ${elsewhere()}/elsewhere`])),
  ],
  ['half an answer', (socket, { body }) => socket.end(answerOf(200, right(body)).slice(0, -9))],
  [
    'no UTF-8',
    (socket) =>
      socket.write(Buffer.concat([Buffer.from(`${JSON_HEAD}content-length: 3\r\n\r\n"`), Buffer.from([0xff, 0x22])])),
  ],
  ['arrays a hundred thousand deep', (socket) => socket.write(answerOf(200, '['.repeat(100_000)))],
  ['what nobody asked', (socket) => socket.write(answerOf(200, { fine: true }))],
  ['more than the contract has', (socket, { body }) => socket.write(answerOf(200, { ...right(body), also: 1 }))],
  ['a broken host', (socket) => socket.write(answerOf(502, '<html>', ['content-type: text/html']))],
  ['patience', (socket) => socket.write(answerOf(503, {}, ['retry-after: 30']))],
];
