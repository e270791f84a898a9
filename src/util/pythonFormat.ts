// Numbers as Python's format() writes them, for texts that should equal Keras's to the character.

// Enough to show every decimal of a double that lies exactly between two short ones.
const MOST_DIGITS = 100

/** `f'{value:.{digits}f}'`: like toFixed, but exact ties go to the even digit and infinity is `inf`. */
export function formatFixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return formatNonFinite(value)
  const size = Math.abs(value)
  // From 10²¹ on, toFixed would turn to exponents; there, every double is an integer.
  if (size >= 1e21) return `${signOf(value)}${BigInt(size)}${digits > 0 ? `.${'0'.repeat(digits)}` : ''}`
  const tie = new RegExp(`\\.\\d{${digits}}50*$`).test(size.toFixed(MOST_DIGITS))
  return signOf(value) + toEven(size.toFixed(digits), tie)
}

/** `f'{value:.{digits}e}'`: like toExponential, but ties go to even and the exponent has at least two digits. */
export function formatExponential(value: number, digits: number): string {
  if (!Number.isFinite(value)) return formatNonFinite(value)
  const size = Math.abs(value)
  const tie = new RegExp(`^\\d\\.\\d{${digits}}50*e`).test(size.toExponential(MOST_DIGITS))
  const [mantissa = '', exponent = ''] = size.toExponential(digits).split('e')
  return `${signOf(value)}${toEven(mantissa, tie)}e${exponent.replace(/^.(?=.$)/, '$&0')}`
}

// JavaScript rounds a tie up, which is one too far where it leaves an odd digit.
const toEven = (text: string, tie: boolean): string =>
  tie ? text.replace(/[13579]$/, (digit) => String(Number(digit) - 1)) : text

const signOf = (value: number): string => (value < 0 || Object.is(value, -0) ? '-' : '')

const formatNonFinite = (value: number): string => (Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf')
