// Counts and sizes as Keras prints them.

/** `f'{value:,}'` of an integer: `1,234,567`. */
export const formatThousands = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',')

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']

/** `1.54 KB` of 1572 bytes. */
export function formatBytes(bytes: number): string {
  let size = bytes
  let unit = 0
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024
    unit++
  }
  // Bytes over a power of two are exact, so that a tie is one: as in Python it goes to the even digit.
  const hundredths = size * 100
  const rounded = Math.round(hundredths)
  const even = hundredths % 1 === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded
  return `${(even / 100).toFixed(2)} ${UNITS[unit]}`
}
