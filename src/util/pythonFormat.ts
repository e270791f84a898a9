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
  return `${signOf(value)}${toEven(mantissa, tie)}${exponentText(exponent)}`
}

/** The end of a number with an exponent, which JavaScript has as `+1` and Python as `e+01`. */
const exponentText = (exponent: string): string => `e${exponent.replace(/^.(?=.$)/, '$&0')}`

// JavaScript rounds a tie up, which is one too far where it leaves an odd digit.
const toEven = (text: string, tie: boolean): string =>
  tie ? text.replace(/[13579]$/, (digit) => String(Number(digit) - 1)) : text

const signOf = (value: number): string => (value < 0 || Object.is(value, -0) ? '-' : '')

const formatNonFinite = (value: number): string => (Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf')

/** `repr(value)` of a float: the shortest digits, with `.0` where they are whole. */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return formatNonFinite(value)
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [mantissa = '', exponent = ''] = value.toExponential().split('e')
    return mantissa + exponentText(exponent)
  }
  const text = String(value)
  return text.includes('.') ? text : `${Object.is(value, -0) ? '-0' : text}.0`
}

const SPEC = /^(?:(.?)([<>=^]))?([+\- ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/s

/** The widest field, and the most digits. */
const MAX_WIDTH = 200

/** `format(value, spec)` of an int, which is a bigint, a float or a text; null where the spec has no text here. */
export function formatted(value: bigint | number | string, spec: string): string | null {
  const [whole, fill = ' ', align = '', sign = '', , zero = '', width = '0', group = '', digits, type = ''] =
    SPEC.exec(spec) ?? []
  if (whole === undefined || Number(width) > MAX_WIDTH || Number(digits ?? 0) > MOST_DIGITS) return null
  const isText = typeof value === 'string'
  const count = digits === undefined ? null : Number(digits)
  const plain = isText ? value.slice(0, count ?? undefined) : numberText(value, type, count)
  if (plain === null) return null
  const grouped = group === '' ? plain : plain.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, group)
  const signed = sign !== '' && sign !== '-' && !isText && value >= 0 ? sign + grouped : grouped
  const missing = Math.max(0, Number(width) - signed.length)
  if (missing === 0) return signed
  if (zero !== '' && align === '') {
    const [, start = '', rest = ''] = /^([+\- ]?)(.*)$/s.exec(signed) ?? []
    return start + '0'.repeat(missing) + rest
  }
  const pad = fill === '' ? ' ' : fill
  const side = align || (isText ? '<' : '>')
  const before = side === '^' ? missing >> 1 : side === '<' ? 0 : missing
  return pad.repeat(before) + signed + pad.repeat(missing - before)
}

function numberText(value: bigint | number, type: string, digits: number | null): string | null {
  const float = Number(value)
  if (type === 'f' || type === 'F') return formatFixed(float, digits ?? 6)
  if (type === 'e') return formatExponential(float, digits ?? 6)
  if (type === '%') return `${formatFixed(float * 100, digits ?? 6)}%`
  if (type === 'x' && typeof value === 'bigint') return value.toString(16)
  if (type === 'b' && typeof value === 'bigint') return value.toString(2)
  if (type === 'g' || (type === '' && digits !== null)) return generalText(float, digits ?? 6, type === '')
  if (type === 'd' || type === 'i' || type === 'u')
    return typeof value === 'bigint' ? String(value) : String(Math.trunc(value))
  if (type !== '' && !/[snr]/.test(type)) return null
  return typeof value === 'bigint' ? String(value) : floatText(value)
}

/**
 * `%g`: as many digits, the exponent where it is outside of them, no zeros at the end. Without a type a digit stands behind the point at
 * least.
 */
function generalText(value: number, digits: number, hasPoint: boolean): string {
  const count = Math.max(1, digits)
  if (!Number.isFinite(value)) return formatNonFinite(value)
  const exponent = value === 0 ? 0 : Number(value.toExponential(count - 1).split('e')[1])
  if (exponent < -4 || exponent >= count - Number(hasPoint))
    return formatExponential(value, count - 1)
      .replace(/(\.\d*?)0+(?=e)/, '$1')
      .replace('.e', 'e')
  const text = formatFixed(value, count - 1 - exponent)
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text
  return hasPoint && !short.includes('.') ? `${short}.0` : short
}
