// Arguments of a call in a text.

import { reprOf } from '../python/text.ts'
import type { Arguments } from '../python/values.ts'

/** Arguments as Python has them; null where one has no text. */
export function codeOf({ placed, named }: Arguments): string | null {
  const texts = [
    ...placed.map((value) => ['', reprOf(value)] as const),
    ...[...named].map(([name, value]) => [`${name}=`, reprOf(value)] as const),
  ]
  return texts.some(([, text]) => text === null) ? null : texts.map((parts) => parts.join('')).join(', ')
}

/** Arguments of a call without those that are None, as if they were not given. */
export const withoutNone = (args: Arguments): Arguments => ({
  ...args,
  named: new Map([...args.named].filter(([, value]) => value !== null)),
})
