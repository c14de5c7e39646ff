/**
 * What stands in a reader's field, as the transport sees it: bytes in, bytes out.
 *
 * The transport (a vpcd client, an in-process socket) calls {@link FieldCard.power} each time the
 * field is switched on or the card is reset, and {@link FieldCard.transmit} for each command.
 */
export interface FieldCard {
  /** By which of its interfaces it meets the reader; contactless when it does not say. */
  readonly interface?: 'contactless' | 'contact';

  /** The answer to reset that the reader shows for this card (a contactless one: 3B 8N 80 01 …). */
  readonly atr: Uint8Array;

  /** Powers the card up (cold or warm): everything volatile is gone, what is stored stays. */
  power(): void;

  /**
   * Hands one command APDU over and takes the answer (data ‖ SW1 SW2).
   * `gone`: the card left the field; this answer is lost and the card stays away.
   * `silent`: the card is still there and does not answer this command (the reader times out).
   */
  transmit(command: Uint8Array): Uint8Array | 'gone' | 'silent';
}
