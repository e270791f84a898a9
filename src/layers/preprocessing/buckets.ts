// Which of some buckets a word or an integer falls into, as Keras has it.

import { checkInteger, describeValue, fail } from '../../errors.ts'
import { nullable, type OptionalOption } from '../../util/options.ts'
import { encodeText } from '../../util/text.ts'
import { farmHash } from './farmHash.ts'
import { sipHash } from './sipHash.ts'

/** What a hash is changed by: a key of two integers. */
export type Salt = readonly [number, number]

/** An option for one integer, which is both, or two. */
export const saltOption: OptionalOption<Salt | null, number | readonly number[] | null> = nullable(
  (where, name, value): Salt => {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value, value]
    if (list.length !== 2)
      fail(where, { expected: `${name} to be an integer or two`, got: describeValue(value) })
    const [first = 0, second = 0] = list.map((each) => checkInteger(where, name, each, { min: 0 }))
    return [first, second]
  },
)

/** The bucket of a word, or of an integer's digits: by FarmHash, or with a salt by SipHash. */
export function bucketOf(value: string | number, buckets: number, salt: Salt | null): number {
  const bytes = encodeText(String(value))
  const hash = salt === null ? farmHash(bytes) : sipHash(bytes, [BigInt(salt[0]), BigInt(salt[1])])
  return Number(hash % BigInt(buckets))
}
