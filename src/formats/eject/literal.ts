// Plain data as JavaScript, for a script that may stand inside HTML.

/** Letters that would end a script element or a line of JavaScript. */
const escapedText = (text: string): string =>
  JSON.stringify(text).replace(
    /[<\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** WGSL is full of `<`, of which only these can mean something in HTML. */
const codeText = (code: string): string =>
  JSON.stringify(code)
    .replace(/<(?=[!/s])/gi, '\\u003c')
    .replace(/[\u2028\u2029]/g, ' ')

/** A number as JavaScript reads it back: JSON has neither infinities nor NaN nor the sign of zero. */
const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

/** An expression whose value is equal to plain data. The texts of fields named `code` are code of the library's own. */
export function literal(value: unknown, name = ''): string {
  if (typeof value === 'string') return name === 'code' ? codeText(value) : escapedText(value)
  if (typeof value === 'number') return numberText(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map((item) => literal(item)).join(',')}]`
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  // In brackets `__proto__` is a name as any other.
  return `{${fields.map(([key, field]) => `${/^[a-z]\w*$/i.test(key) ? key : `[${escapedText(key)}]`}:${literal(field, key)}`).join(',')}}`
}
