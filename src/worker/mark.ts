// Marks: plain objects that say of what kind a thing is that no message can hold.

import { isOptions } from '../util/options.ts'

const KIND = 'recurra:kind'

/** What marks stand for. */
export type Kind = 'tensor' | 'error' | 'function' | 'stream' | 'signal' | 'hooks' | 'callback'

export const mark = (kind: Kind, content: object): object => ({ ...content, [KIND]: kind })

export const kindOf = (value: object): Kind | undefined =>
  isOptions(value) ? (value[KIND] as Kind | undefined) : undefined
