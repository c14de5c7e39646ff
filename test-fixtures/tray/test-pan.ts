/** Digits of the nth card of the test BIN 629999: 19 of them, the last one the check digit. */
export function testPan(n: number): string {
  const digits = `629999${String(n).padStart(12, '0')}`;
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const value = at % 2 === 0 ? Number(digit) * 2 : Number(digit);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
